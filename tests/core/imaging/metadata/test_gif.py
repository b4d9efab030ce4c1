import io

import marked_pictures as made
import pytest
from marked_pictures import SECRET, Says, sub_blocks
from PIL import Image

from core.errors import UnsupportedImage
from core.imaging.metadata import gif

PLAIN = made.animation("GIF", "P")
NOTHING = Says(rights="")
AT = 13 + (3 << ((PLAIN[10] & 7) + 1))
LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x02\x00\x00"


def stripped(data, *, rights=True):
    result, position = b"", 0
    for edit in gif.strip(data, rights=rights):
        result += data[position : edit.start] + edit.data
        position = edit.end
    return result + data[position:]


def with_blocks(*blocks):
    return PLAIN[:AT] + b"".join(blocks) + PLAIN[AT:]


def test_the_plain_file_comes_back():
    assert stripped(with_blocks(*made.private_blocks(NOTHING))) == PLAIN


@pytest.mark.parametrize("name", [b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"])
def test_loop_counts_and_profiles_stay(name):
    block = b"\x21\xff\x0b" + name + sub_blocks(b"\1\2\0")
    assert stripped(with_blocks(block, b"\x21\xfe" + sub_blocks(SECRET))) == with_blocks(block)


def test_rights_come_after_the_loop_count_and_are_read_again():
    data = LOOP.join([PLAIN[:AT], PLAIN[AT:]])
    xmp_block = b"\x21\xff\x0bXMP DataXMP" + made.xmp_packet() + made.XMP_TRAILER
    result = stripped(data[:AT] + xmp_block + data[AT:])
    assert SECRET not in result
    assert b"All rights" in result
    assert stripped(result) == result
    assert stripped(result, rights=False) == data
    assert Image.open(io.BytesIO(result)).n_frames == 4


def test_xmp_written_as_sub_blocks_goes_too():
    block = b"\x21\xff\x0bXMP DataXMP" + sub_blocks(made.xmp_packet())
    assert SECRET not in stripped(with_blocks(block))


def test_everything_after_the_trailer_goes():
    assert stripped(PLAIN + b"PK\3\4" + SECRET * 100) == PLAIN


def test_a_missing_trailer_is_added_and_stray_terminators_go():
    assert stripped(PLAIN[:-1]) == PLAIN
    assert stripped(PLAIN[:-1] + b"\0\0\0;") == PLAIN


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a",
        PLAIN[:12],
        PLAIN[:AT],
        PLAIN[:AT] + b";",
        PLAIN[:-2],
        PLAIN[: len(PLAIN) // 2],
        with_blocks(b"\x99"),
        with_blocks(b"\x21"),
        with_blocks(b"\x21\xfe" + b"\1x" * 2_100_000 + b"\0"),
        with_blocks(b"\x21\xfe\0" * 300_000),
    ],
    ids=range(10),
)
def test_what_leads_to_no_end_is_refused(data):
    with pytest.raises(UnsupportedImage):
        gif.strip(data, rights=True)
