import hashlib
import io

import bombs
import effort
import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms, ImageOps, ImageSequence

from core.errors import UnsupportedImage
from core.imaging.formats import BY_NAME
from core.imaging.ingest import ingest
from core.imaging.inspection import prepare_pillow
from core.model import ImageLimits

SMALL = ImageLimits(store_side=64, store_pixels=3_000)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture(autouse=True)
def _pillow():
    before = Image.MAX_IMAGE_PIXELS
    prepare_pillow(ImageLimits())
    yield
    Image.MAX_IMAGE_PIXELS = before


@pytest.fixture
def take(tmp_path):
    """Ingest bytes; give what came out and the picture that is served."""

    def do(data, limits=None):
        source, workspace = tmp_path / "upload", tmp_path / "work"
        workspace.mkdir(exist_ok=True)
        source.write_bytes(data)
        made = ingest(source, workspace, limits or ImageLimits())
        assert source.read_bytes() == data
        return made, Image.open(io.BytesIO(made.blob.path.read_bytes()))

    return do


def smooth(width=96, height=64, mode="RGB"):
    y, x = np.mgrid[0:height, 0:width]
    bands = [x * 255 // width, y * 255 // height, (x + y) * 255 // (width + height), x * 0 + 128]
    count = len(mode) if mode != "CMYK" else 4
    return Image.fromarray(
        np.stack(bands[:count], axis=-1).astype(np.uint8).squeeze(),
        mode=None if mode != "CMYK" else "CMYK",
    )


def oriented(orientation, **tags):
    exif = Image.Exif()
    exif[0x0112] = orientation
    for tag, value in tags.items():
        exif[int(tag[1:], 16)] = value
    return exif


def difference(one, other):
    return np.abs(np.asarray(one, int) - np.asarray(other, int)).mean()


def at_each_instant(picture, step=10):
    """What is seen every ten milliseconds of one run."""
    seen = []
    for frame in ImageSequence.Iterator(picture):
        frame.load()
        seen += [np.asarray(frame.convert("RGBA"))] * round(frame.info["duration"] / step)
    return seen


def squares(count=4, size=(96, 64), mode="RGBA"):
    frames = []
    for number in range(count):
        frame = Image.new(mode, size, (0, 0, 0, 0)[: len(mode)])
        colour = (250, 20, 20, 255) if number % 2 else (20, 20, 250, 255)
        frame.paste(colour[: len(mode)], (number * 16, 8, number * 16 + 16, 40))
        frames.append(frame)
    return frames


DURATIONS = [40, 100, 250, 70]


def animated(name, frames=None, durations=None, **options):
    first, *others = frames or squares()
    return bombs.saved(
        first, name, save_all=True, append_images=others, duration=durations or DURATIONS, **options
    )


@pytest.mark.parametrize("name", ["jpeg", "png", "gif", "webp", "ico"])
def test_pictures_that_can_be_stored_keep_every_pixel(take, name):
    data = bombs.saved(smooth(), BY_NAME[name].pillow)
    made, served = take(data)
    assert (made.format, made.animated) == (name, False)
    assert (made.width, made.height) == served.size
    assert np.array_equal(np.asarray(served), np.asarray(Image.open(io.BytesIO(data))))


def test_the_digest_and_size_are_those_of_the_files(take):
    made, _ = take(
        bombs.saved(smooth(), "JPEG", comment="private", exif=oriented(1, x010f="Maker"))
    )
    assert made.sidecar is not None
    for staged in (made.blob, made.sidecar):
        data = staged.path.read_bytes()
        assert (staged.sha256, staged.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert b"Maker" not in made.blob.path.read_bytes()
    assert {path.name for path in made.blob.path.parent.iterdir()} == {
        made.blob.path.name,
        made.sidecar.path.name,
    }


def test_svg_is_stored_sanitised(take, tmp_path):
    (tmp_path / "work").mkdir()
    source = tmp_path / "upload"
    source.write_bytes(
        b"<svg xmlns='http://www.w3.org/2000/svg' width='30' height='20'><script>alert(1)</script><rect width='9' height='9'/></svg>"
    )
    made = ingest(source, tmp_path / "work", ImageLimits())
    assert (made.format, made.width, made.height) == ("svg", 30, 20)
    assert b"script" not in made.blob.path.read_bytes()


@pytest.mark.parametrize(
    ("name", "options"), [("BMP", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"})]
)
def test_lossless_formats_become_lossless_webp(take, name, options):
    made, served = take(bombs.saved(smooth(), name, **options))
    assert made.format == "webp"
    assert np.array_equal(np.asarray(served.convert("RGB")), np.asarray(smooth()))


def test_transparent_tiff_keeps_what_is_under_the_transparency(take):
    picture = smooth(mode="RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    _, served = take(bombs.saved(picture, "TIFF"))
    assert np.array_equal(np.asarray(served), np.asarray(picture))


def test_lossless_pictures_over_eight_megapixels_stay_lossless(take):
    picture = Image.new("RGB", (3_000, 2_800), "teal")
    picture.paste(smooth(), (5, 5))
    _, served = take(bombs.saved(picture, "BMP"))
    assert np.array_equal(np.asarray(served.convert("RGB")), np.asarray(picture))


@pytest.mark.parametrize(
    ("name", "options"),
    [("AVIF", {"quality": 90}), ("HEIF", {"quality": 90}), ("TIFF", {"compression": "jpeg"})],
)
def test_lossy_formats_become_lossy_webp(take, name, options):
    pillow_heif.register_heif_opener()
    made, served = take(bombs.saved(smooth(), name, **options))
    assert (made.format, made.width, made.height) == ("webp", 96, 64)
    assert b"VP8 " in made.blob.path.read_bytes()[:64]
    assert difference(served, smooth()) < 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_dimensions_are_those_displayed(take, orientation):
    data = bombs.saved(smooth(), "JPEG", exif=oriented(orientation))
    made, served = take(data)
    assert (made.width, made.height) == ((96, 64) if orientation < 5 else (64, 96))
    assert ImageOps.exif_transpose(served).size == (made.width, made.height)
    upload = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    assert np.array_equal(np.asarray(ImageOps.exif_transpose(served)), np.asarray(upload))


@pytest.mark.parametrize("name", ["PNG", "WEBP", "TIFF", "AVIF", "HEIF", "JPEG"])
@pytest.mark.parametrize("orientation", [3, 6])
@pytest.mark.parametrize("limits", [ImageLimits(), SMALL])
def test_every_format_stands_upright_once_it_is_shown(take, name, orientation, limits):
    pillow_heif.register_heif_opener()
    data = bombs.saved(smooth(), name, exif=oriented(orientation))
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    made, served = take(data, limits)
    shown = ImageOps.exif_transpose(served).convert("RGB")
    assert shown.size == (made.width, made.height)
    assert difference(shown, expected.resize(shown.size)) < 6


def test_profile_and_rights_survive_conversion(take):
    exif = oriented(1, x8298="Somebody", x010f="Maker")
    for name in ("TIFF", "AVIF"):
        made, served = take(bombs.saved(smooth(), name, exif=exif, icc_profile=SRGB))
        assert served.info["icc_profile"] == SRGB
        assert served.getexif().get(0x8298) == "Somebody"
        assert 0x010F not in served.getexif()
        assert made.sidecar is not None


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_large_png_is_scaled_and_stays_png(take, mode):
    if mode == "I;16":
        slope = np.linspace(0, 65_535, 96 * 64).reshape(64, 96)
        picture = Image.fromarray(slope.astype(np.uint16))
    else:
        picture = smooth(mode="RGBA" if "A" in mode else "RGB").convert(mode)
    made, served = take(bombs.saved(picture, "PNG"), SMALL)
    assert (made.format, made.width, made.height) == ("png", 64, 42)
    assert served.mode == {"1": "L", "P": "RGB"}.get(mode, mode)
    if mode == "I;16":
        assert np.asarray(served).max() > 60_000
    elif mode != "1":
        assert difference(served.convert("RGBA"), picture.convert("RGBA").resize((64, 42))) < 3


def test_colours_under_transparency_do_not_bleed(take):
    picture = Image.new("RGBA", (96, 64), (0, 255, 0, 0))
    picture.paste((255, 0, 0, 255), (0, 0, 47, 64))
    _, served = take(bombs.saved(picture, "PNG"), SMALL)
    shown = np.asarray(served, int)
    assert shown[..., 1][shown[..., 3] > 20].max() < 30


def test_large_cmyk_jpeg_stays_cmyk(take):
    picture = smooth(mode="CMYK")
    made, served = take(bombs.saved(picture, "JPEG", quality=95), SMALL)
    assert (made.format, served.mode) == ("jpeg", "CMYK")
    assert difference(served, picture.resize(served.size)) < 4


@pytest.mark.parametrize("name", ["jpeg", "png", "gif", "webp", "ico"])
def test_what_is_too_large_to_store_is_scaled_in_its_format(take, name):
    data = bombs.saved(
        smooth(), BY_NAME[name].pillow, **({"sizes": [(96, 64)]} if name == "ico" else {})
    )
    made, served = take(data, SMALL)
    assert made.format == name
    assert served.format == BY_NAME[name].pillow
    assert (made.width, made.height) == served.size == (64, 42)


def test_sixteen_bit_grey_tiff_is_scaled_not_clipped(take):
    grey = np.linspace(0, 65_535, 96 * 64).reshape(64, 96).astype(np.uint16)
    _, served = take(bombs.saved(Image.fromarray(grey), "TIFF"))
    assert np.array_equal(np.asarray(served)[..., 0], np.round(grey / 257).astype(np.uint8))


@pytest.mark.parametrize("mode", ["F", "LAB", "CMYK", "1", "L"])
def test_unusual_modes_of_tiff_become_rgb(take, mode):
    made, served = take(
        bombs.saved(
            smooth().convert("L").convert("F")
            if mode == "F"
            else (
                smooth(mode="CMYK")
                if mode == "CMYK"
                else (
                    Image.merge("LAB", smooth().split())
                    if mode == "LAB"
                    else smooth().convert(mode)
                )
            ),
            "TIFF",
        )
    )
    assert (made.format, made.width, made.height) == ("webp", 96, 64)
    assert np.asarray(served.convert("L")).std() > 10


@pytest.mark.parametrize(
    ("name", "loop"), [("GIF", 3), ("GIF", 0), ("GIF", None), ("PNG", 2), ("WEBP", 5)]
)
@pytest.mark.parametrize("limits", [ImageLimits(), SMALL])
def test_animations_keep_frames_timing_and_loop(take, name, loop, limits):
    options = {} if loop is None else {"loop": loop}
    if name == "GIF":
        options["disposal"] = 2
    if name == "WEBP":
        options["lossless"] = True
    data = animated(name, **options)
    made, served = take(data, limits)
    upload = Image.open(io.BytesIO(data))
    assert (made.animated, made.format) == (True, name.lower())
    assert served.info.get("loop") == upload.info.get("loop")
    seen, expected = at_each_instant(served), at_each_instant(upload)
    assert len(seen) == len(expected)
    for shown, frame in zip(seen, expected, strict=True):
        wanted = Image.fromarray(frame).resize((shown.shape[1], shown.shape[0]))
        assert difference(shown, wanted) < 5


def test_large_opaque_gif_animation_keeps_its_frames(take):
    frames = [
        bombs.noise(96, 64, seed=number).resize((12, 8)).resize((96, 64)) for number in range(4)
    ]
    data = animated("GIF", frames)
    _, served = take(data, SMALL)
    for shown, frame in zip(
        at_each_instant(served), at_each_instant(Image.open(io.BytesIO(data))), strict=True
    ):
        assert difference(shown, Image.fromarray(frame).resize(served.size)) < 12


def test_default_image_of_an_apng_is_no_frame(take):
    data = bombs.saved(
        smooth(mode="RGBA"),
        "PNG",
        save_all=True,
        append_images=squares(2),
        duration=[50, 60],
        default_image=True,
    )
    made, served = take(data)
    assert made.animated
    made, served = take(data, SMALL)
    served.load()
    assert served.n_frames == 2
    assert not served.info.get("default_image")


def test_avif_sequence_becomes_animated_webp(take):
    made, served = take(animated("AVIF", squares(mode="RGB"), quality=90))
    assert (made.format, made.animated, served.n_frames, served.info["loop"]) == (
        "webp",
        True,
        4,
        0,
    )
    durations = []
    for number in range(4):
        served.seek(number)
        served.load()
        durations.append(served.info["duration"])
        assert difference(served.convert("RGB"), squares(mode="RGB")[number]) < 8
    assert durations == DURATIONS


def test_animation_that_is_encoded_anew_is_scaled_to_what_its_encoder_can_hold(take):
    frames = [Image.new("RGB", (4_200, 4_000), colour) for colour in ("red", "blue")]
    made, _ = take(animated("AVIF", frames, [50, 50], speed=10))
    assert made.width * made.height <= 16_000_000
    assert made.width / made.height == pytest.approx(1.05, rel=0.01)


def test_tiff_and_heic_give_their_first_picture(take):
    pillow_heif.register_heif_opener()
    for name in ("TIFF", "HEIF"):
        made, served = take(
            bombs.saved(
                Image.new("RGB", (60, 40), "red"),
                name,
                save_all=True,
                append_images=[Image.new("RGB", (20, 20), "blue")],
            )
        )
        assert (made.animated, served.size) == (False, (60, 40))
        assert served.convert("RGB").getpixel((5, 5))[0] > 240


def test_icon_shows_its_largest_picture(take):
    made, _ = take(bombs.saved(smooth(128, 128), "ICO", sizes=[(16, 16), (64, 64), (32, 32)]))
    assert (made.format, made.width, made.height) == ("ico", 64, 64)


def test_long_jpeg_is_scaled_to_8192_a_side(take):
    made, _ = take(bombs.saved(Image.new("RGB", (16_384, 100), "red"), "JPEG"))
    assert (made.width, made.height) == (8_192, 50)


@pytest.mark.parametrize("name", bombs.BEYOND_LIMITS)
def test_what_passes_a_limit_is_refused_naming_it_at_once(take, name):
    data, words = bombs.BEYOND_LIMITS[name]
    with effort.at_most(4), pytest.raises(UnsupportedImage) as refused:
        take(data)
    assert words in refused.value.public
    assert refused.value.errors == {"file": [refused.value.public]}


@pytest.mark.parametrize("name", bombs.UNDECODABLE)
def test_what_does_not_decode_raises(take, name):
    with pytest.raises(Exception):  # noqa: B017 -- the worker makes refusals of a dozen kinds
        take(bombs.UNDECODABLE[name])


@pytest.mark.parametrize("name", bombs.NOT_OURS)
def test_what_is_not_a_picture_of_ours_is_refused(take, name):
    with pytest.raises(UnsupportedImage):
        take(bombs.NOT_OURS[name])


def test_every_prefix_of_a_heic_is_refused_or_whole(take):
    pillow_heif.register_heif_opener()
    data = bombs.saved(smooth(), "HEIF")
    for length in range(20, len(data), max(1, len(data) // 25)):
        with pytest.raises(Exception):  # noqa: B017 -- as above
            take(data[:length])


def test_many_comments_are_no_trouble(take):
    data = bombs.saved(smooth(), "JPEG")
    padded = data[:2] + (b"\xff\xfe\xff\xff" + bytes(65_533)) * 250 + data[2:]
    made, _ = take(padded)
    assert made.blob.size < 2 * len(data)
