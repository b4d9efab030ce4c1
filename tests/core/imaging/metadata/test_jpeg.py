"""What is particular to JPEG: finding the picture's own end, and what stands between."""

import io
import re
import struct
import warnings

import marked_pictures as made
import pytest
from marked_pictures import SECRET, Says, segment
from PIL import Image

from core.errors import UnsupportedImage
from core.imaging.metadata import exif, jpeg

PLAIN = made.saved(made.picture(), "JPEG")


def stripped(data, *, rights=True):
    result, position = b"", 0
    for edit in jpeg.strip(data, rights=rights):
        result += data[position : edit.start] + edit.data
        position = edit.end
    return result + data[position:]


def shown(data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data)) as image:
            return image.mode, image.tobytes(), image.info.get("icc_profile")


def with_segments(*segments, plain=PLAIN):
    return plain[:2] + b"".join(segments) + plain[2:]


def test_an_end_marker_in_a_thumbnail_is_not_the_end():
    data = with_segments(segment(0xE1, b"Exif\0\0" + made.tiff()))
    assert data.index(b"\xff\xd9") < len(data) // 2
    assert shown(stripped(data)) == shown(PLAIN)


@pytest.mark.parametrize(
    "tail",
    [SECRET, PLAIN, b"\0\0\0\x18ftypmp42" + SECRET * 100, b"PK\3\4" + SECRET, b"\xff\xd9", b"\0"],
)
def test_everything_after_the_end_goes(tail):
    assert stripped(PLAIN + tail) == PLAIN


def test_a_second_picture_and_its_index_go(recwarn):
    data = made.saved(made.picture(), "MPO", save_all=True, append_images=[made.picture(seed=2)])
    assert Image.open(io.BytesIO(data)).format == "MPO"
    result = stripped(data)
    assert Image.open(io.BytesIO(result)).format == "JPEG"
    assert b"MPF\0" not in result
    assert shown(result) == shown(data)


def test_a_profile_in_several_segments_stays_whole():
    profile = bytes(range(256)) * 600
    data = with_segments(
        segment(0xFE, SECRET), plain=made.saved(made.picture(), "JPEG", icc_profile=profile)
    )
    assert shown(stripped(data))[2] == profile


def test_thumbnails_in_jfif_go_and_its_density_stays():
    thumbnail = SECRET[:12]
    jfif = b"JFIF\0\1\2\1" + struct.pack(">HH", 300, 300) + b"\2\2" + thumbnail
    data = PLAIN[:2] + segment(0xE0, jfif) + PLAIN[20:]
    result = stripped(data)
    assert thumbnail not in result
    assert Image.open(io.BytesIO(result)).info["dpi"] == (300, 300)
    assert shown(result) == shown(data)


@pytest.mark.parametrize("transform", [0, 1])
def test_the_colour_transform_stays_and_what_hides_behind_it_goes(transform):
    plain = PLAIN[:2] + PLAIN[20:]
    adobe = b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform)
    data = with_segments(segment(0xEE, adobe + SECRET), plain=plain)
    result = stripped(data)
    assert SECRET not in result
    assert shown(result) == shown(data)


def test_other_segments_of_kept_numbers_go():
    data = with_segments(
        segment(0xEE, SECRET), segment(0xE0, SECRET), segment(0xE2, SECRET), segment(0xEE, b"Ado")
    )
    assert stripped(data) == PLAIN


def test_metadata_between_and_after_scans_goes():
    plain = made.saved(made.picture(), "JPEG", progressive=True)
    scans = [match.start() for match in re.finditer(rb"\xff\xda", plain)]
    assert len(scans) > 4
    data = plain
    for at in reversed(scans):
        data = data[:at] + segment(0xFE, SECRET) + data[at:]
    assert stripped(data) == plain


def test_a_comment_inside_a_scan_takes_with_it_what_decoders_skip():
    """After it decoders read no more of the scan; joined to its first half they would."""
    end = PLAIN.index(b"\xff\xda") + 60
    while PLAIN[end - 1] == 0xFF:
        end += 1
    data = PLAIN[:end] + segment(0xFE, SECRET) + PLAIN[end:]
    result = stripped(data)
    assert SECRET not in result
    assert result == PLAIN[:end] + b"\xff\xd9"


def test_fill_bytes_and_junk_between_segments_go():
    data = PLAIN[:20] + b"\xff" * 9 + PLAIN[20:]
    assert shown(stripped(data)) == shown(data)
    assert stripped(data) == PLAIN
    assert SECRET not in stripped(PLAIN[:20] + SECRET + b"\xff\0\xff\xd3" + PLAIN[20:])


def test_exif_over_several_segments_is_one():
    says = Says(copyright=b"x" * 300)
    block = made.tiff(says)
    cut = block.index(b"x" * 300) + 100
    parts = [segment(0xE1, exif.PREFIX + part) for part in (block[:cut], block[cut:])]
    assert says.copyright in stripped(with_segments(*parts))


def test_the_new_segments_follow_jfif():
    result = stripped(made.jpeg())
    assert [result[2:4], result[20:22]] == [b"\xff\xe0", b"\xff\xe1"]
    assert stripped(made.jpeg(mode="CMYK"))[2:4] == b"\xff\xe1"


def test_bad_blocks_are_dropped_without_a_word():
    data = with_segments(
        segment(0xE1, exif.PREFIX + b"II*\0" + SECRET),
        segment(0xE1, b"Exif\0"),
        segment(0xE1, made.XMP_PREFIX + b"<broken" + SECRET),
    )
    assert stripped(data) == PLAIN


@pytest.mark.parametrize(
    "data",
    [
        PLAIN[:-2],
        PLAIN[:2] + b"\xff\xd9",
        PLAIN[:2] + PLAIN,
        PLAIN[: PLAIN.index(b"\xff\xda")] + b"\xff\xd9",
        PLAIN[:2] + b"\xff\xe1\0\1" + PLAIN[2:],
        PLAIN[:2] + b"\xff\xe1\xff\xff" + PLAIN[2:],
        PLAIN[:2] + b"\xff\xe1",
        with_segments(segment(0x4A, b"")),
        with_segments(segment(0xF7, b"")),
        b"\xff\xd8",
        b"\xff\xd8" + segment(0xFE, b"") * 300_000 + PLAIN[2:],
    ],
    ids=range(11),
)
def test_what_leads_to_no_end_is_refused(data):
    with pytest.raises(UnsupportedImage):
        jpeg.strip(data, rights=True)
