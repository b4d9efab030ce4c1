"""Whatever the container: same pixels, nothing private, and the way back to the upload."""

import io
import os
import random
from pathlib import Path

import marked_pictures as made
import pytest
from marked_pictures import Says
from PIL import Image

from core.errors import UnsupportedImage
from core.imaging.metadata import sidecar, split

PLAIN = Says(orientation=None, copyright=b"", artist=b"", rights="")


def icon(says=None):
    says = says or Says()
    frame = made.saved(made.picture("RGBA"), "PNG")
    marked = made.with_chunks(frame, made.private_chunks(says))
    return made.ico([marked, frame, marked], gap=made.SECRET)


SAMPLES = {
    "jpeg": ("jpeg", made.jpeg()),
    "jpeg progressive": ("jpeg", made.jpeg(progressive=True)),
    "jpeg restarts": ("jpeg", made.jpeg(restart_marker_blocks=1)),
    "jpeg progressive restarts": (
        "jpeg",
        made.jpeg(progressive=True, restart_marker_rows=1, icc_profile=made.PROFILE),
    ),
    "jpeg grey big-endian": ("jpeg", made.jpeg(Says(order=">"), mode="L")),
    "jpeg cmyk": ("jpeg", made.jpeg(mode="CMYK", icc_profile=made.PROFILE)),
    "jpeg long profile": ("jpeg", made.jpeg(icc_profile=random.Random(1).randbytes(150_000))),
    "png": ("png", made.png()),
    "png palette": ("png", made.png(mode="P", icc_profile=made.PROFILE)),
    "png grey": ("png", made.png(Says(order=">"), mode="L", dpi=(72, 72))),
    "apng": ("png", made.with_chunks(made.animation("PNG"), made.private_chunks(), b"tail")),
    "webp": ("webp", made.webp()),
    "webp lossless": (
        "webp",
        made.webp(plain=made.saved(made.picture("RGBA"), "WEBP", lossless=True, exif=b"x")),
    ),
    "webp animated": ("webp", made.webp(plain=made.animation("WEBP"))),
    "gif": ("gif", made.gif(plain=made.saved(made.picture("P"), "GIF"))),
    "gif animated": ("gif", made.gif()),
    "ico": ("ico", icon()),
}


def as_seen(data):
    """All that a viewer shows: every frame's pixels and timing, loop, transparency, profile."""
    with Image.open(io.BytesIO(data)) as image:
        kind = "JPEG" if image.format == "MPO" else image.format
        shown = [kind, image.size, image.info.get("icc_profile"), image.info.get("loop")]
        for index in range(1 if kind == "JPEG" else getattr(image, "n_frames", 1)):
            image.seek(index)
            shown.append((image.mode, image.tobytes(), image.info.get("duration")))
            shown.append(
                (image.palette and image.palette.tobytes(), image.info.get("transparency"))
            )
    return shown


class Result:
    """A split upload, read as the HTTP service reads it: by ranges of two files."""

    def __init__(self, folder: Path, data: bytes, format_name: str) -> None:
        source = folder / "source"
        source.write_bytes(data)
        self._blob, self._sidecar = folder / "served", folder / "sidecar"
        self.has_sidecar = split(source, format_name, self._blob, self._sidecar)
        assert source.read_bytes() == data
        assert self._sidecar.exists() == self.has_sidecar
        self.served = self._blob.read_bytes()

    def recipe(self, variant):
        head = self._sidecar.read_bytes()[: sidecar.FIRST_READ]
        return sidecar.read_recipe(head, variant, len(self.served))

    def read(self, pieces):
        files = {"blob": self.served, "sidecar": self._sidecar.read_bytes()}
        return b"".join(files[piece.source][piece.start : piece.end] for piece in pieces)

    def variant(self, variant):
        return self.read(self.recipe(variant)) if self.has_sidecar else self.served


@pytest.fixture(params=SAMPLES.values(), ids=SAMPLES)
def sample(request):
    return request.param


@pytest.fixture
def result(sample, tmp_path):
    return Result(tmp_path, sample[1], sample[0])


@pytest.mark.filterwarnings("ignore:Image appears to be a malformed MPO")
@pytest.mark.parametrize("variant", ["served", "none", "keep"])
def test_every_variant_shows_the_same_picture(sample, result, variant):
    data = result.served if variant == "served" else result.variant(variant)
    assert as_seen(data) == as_seen(sample[1])


def test_nothing_private_is_served(sample, result):
    assert made.SECRET in sample[1]
    for data in (result.served, result.variant("none")):
        assert made.SECRET not in data
        assert made.SECRET[:7] not in data  # what fits a tIME chunk
        assert b"GPS" not in data


def test_keep_gives_the_upload_byte_for_byte(sample, result):
    assert result.variant("keep") == sample[1]


@pytest.mark.parametrize("variant", ["keep", "none"])
def test_any_range_of_a_variant_can_be_cut(result, variant):
    pieces = result.recipe(variant)
    whole = result.read(pieces)
    assert sidecar.total_size(pieces) == len(whole)
    chance = random.Random(3)
    for _ in range(300):
        start = chance.randrange(len(whole) + 1)
        end = chance.randrange(start, len(whole) + 1)
        chosen = sidecar.cut(pieces, start, end)
        assert result.read(chosen) == whole[start:end]
        assert all(piece.start < piece.end for piece in chosen)


def test_splitting_what_is_served_changes_nothing_more(sample, result, tmp_path):
    again = tmp_path / "again"
    again.mkdir()
    second = Result(again, result.served, sample[0])
    assert second.served == result.served
    assert second.variant("none") == result.variant("none")


def test_the_bare_variant_has_nothing_to_say_any_more(sample, result, tmp_path):
    again = tmp_path / "again"
    again.mkdir()
    bare = Result(again, result.variant("none"), sample[0])
    assert not bare.has_sidecar
    assert bare.served == result.variant("none")


def tags_of(data):
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        exif = image.getexif()
        xmp = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp") or b""
    return dict(exif), xmp if isinstance(xmp, str) else xmp.decode()


@pytest.mark.parametrize("name", ["jpeg", "jpeg cmyk", "jpeg grey big-endian", "png", "apng", "webp", "webp animated"])  # fmt: skip
def test_orientation_and_rights_stay_and_none_drops_the_rights(name, tmp_path):
    format_name, data = SAMPLES[name]
    result = Result(tmp_path, data, format_name)

    tags, xmp = tags_of(result.served)
    assert set(tags) == {0x0112, 0x8298, 0x013B}
    assert tags[0x0112] == 6
    assert tags[0x013B] == made.ARTIST.decode()
    assert made.COPYRIGHT in result.served
    assert "All rights &lt;reserved&gt; &amp; kept, Ада" in xmp

    tags, xmp = tags_of(result.variant("none"))
    assert tags == {0x0112: 6}
    assert xmp == ""
    assert made.COPYRIGHT not in result.variant("none")


@pytest.mark.parametrize(
    ("format_name", "make"), [("jpeg", made.jpeg), ("png", made.png), ("webp", made.webp)]
)
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", [None, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
def test_orientation_comes_through_in_both_byte_orders(
    format_name, make, order, orientation, tmp_path
):
    says = Says(orientation=orientation, order=order, copyright=b"", artist=b"", rights="")
    result = Result(tmp_path, make(says), format_name)
    expected = {0x0112: orientation} if orientation in range(2, 9) else {}
    assert tags_of(result.served)[0] == expected
    assert tags_of(result.variant("none"))[0] == expected


@pytest.mark.parametrize(
    ("format_name", "make"),
    [("jpeg", made.jpeg), ("png", made.png), ("webp", made.webp), ("gif", made.gif)],
)
def test_rights_in_xmp_alone_are_enough(format_name, make, tmp_path):
    says = Says(orientation=None, copyright=b"", artist=b"")
    result = Result(tmp_path, make(says), format_name)
    tags, xmp = tags_of(result.served)
    assert tags == {}
    # Pillow reads no XMP of a GIF.
    assert "All rights" in (xmp if format_name != "gif" else result.served.decode("latin-1"))
    assert b"All rights" not in result.variant("none")


@pytest.mark.parametrize(
    ("format_name", "make"), [("jpeg", made.jpeg), ("png", made.png), ("webp", made.webp)]
)
def test_without_anything_to_keep_no_metadata_is_made(format_name, make, tmp_path):
    result = Result(tmp_path, make(PLAIN), format_name)
    for name in (b"Exif", b"eXIf", b"EXIF", b"xmpmeta", b"XMP "):
        assert name not in result.served
    assert result.variant("none") == result.served


@pytest.mark.parametrize(
    ("format_name", "data"),
    [
        ("jpeg", made.saved(made.picture(), "JPEG")),
        ("png", made.saved(made.picture(), "PNG", icc_profile=made.PROFILE, dpi=(90, 90))),
        ("png", made.animation("PNG")),
        ("webp", made.saved(made.picture(), "WEBP")),
        ("webp", made.animation("WEBP")),
        ("gif", made.animation("GIF")),
        ("ico", made.saved(made.picture("RGBA"), "ICO")),
        ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ],
)
def test_a_clean_file_is_served_as_it_is_without_a_sidecar(format_name, data, tmp_path):
    result = Result(tmp_path, data, format_name)
    assert not result.has_sidecar
    assert result.served == data


def test_a_file_with_copyright_alone_has_a_sidecar_for_none(tmp_path):
    clean = Result(tmp_path, made.jpeg(), "jpeg").served
    again = tmp_path / "again"
    again.mkdir()
    result = Result(again, clean, "jpeg")
    assert result.served == clean
    assert result.has_sidecar
    assert len(result.variant("none")) < len(clean)


@pytest.mark.parametrize("format_name", ["jpeg", "png", "gif", "webp", "ico"])
@pytest.mark.parametrize("data", [b"", b"\0", b"<html>", b"PK\3\4" + bytes(100)])
def test_what_is_no_such_container_is_refused(format_name, data, tmp_path):
    with pytest.raises(UnsupportedImage) as caught:
        Result(tmp_path, data, format_name)
    assert set(caught.value.errors) == {"file"}


@pytest.mark.parametrize("format_name", ["jpeg", "png", "webp", "gif", "ico"])
def test_a_truncated_file_is_refused_or_still_whole(format_name, tmp_path):
    """No cut may be accepted, but one that decodes as before or between two GIF frames."""
    clean = {
        "jpeg": made.saved(made.picture(), "JPEG", progressive=True),
        "png": made.saved(made.picture(), "PNG"),
        "webp": made.saved(made.picture(), "WEBP", exif=made.tiff()),
        "gif": made.saved(made.picture("P"), "GIF"),
        "ico": made.saved(made.picture("RGBA"), "ICO"),
    }[format_name]
    for length in range(0, len(clean), 7):
        with pytest.raises(UnsupportedImage):
            Result(tmp_path, clean[:length], format_name)


FOLDER = os.environ.get("PIXFERRY_TEST_PICTURES")


@pytest.mark.skipif(not FOLDER, reason="PIXFERRY_TEST_PICTURES names no folder")
def test_real_pictures_come_through(tmp_path):
    kinds = {".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".gif": "gif", ".webp": "webp", ".ico": "ico"}  # fmt: skip
    paths = [path for path in sorted(Path(FOLDER).iterdir()) if path.suffix.lower() in kinds]
    assert paths
    for number, path in enumerate(paths):
        folder = tmp_path / str(number)
        folder.mkdir()
        data = path.read_bytes()
        result = Result(folder, data, kinds[path.suffix.lower()])
        seen = as_seen(data)
        assert as_seen(result.served) == seen, path
        assert as_seen(result.variant("none")) == seen, path
        assert result.variant("keep") == data, path
