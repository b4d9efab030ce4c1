import io
import struct

import marked_pictures as made
import pytest
from marked_pictures import SECRET, chunk
from PIL import Image

from core.errors import UnsupportedImage
from core.imaging.metadata import ico

FRAME = made.saved(made.picture("RGBA"), "PNG")
MARKED = made.with_chunks(
    FRAME, [chunk(b"tEXt", b"Comment\0" + SECRET), chunk(b"tIME", b"1234567")]
)
BITMAP = made.saved(made.picture("RGBA", size=(16, 16)), "ICO", bitmap_format="bmp")[22:]


def stripped(data, *, rights=True):
    result, position = b"", 0
    for edit in ico.strip(data, rights=rights):
        result += data[position : edit.start] + edit.data
        position = edit.end
    return result + data[position:]


def test_pictures_are_stripped_and_gaps_closed():
    assert stripped(made.ico([MARKED, BITMAP, MARKED], gap=SECRET)) == made.ico(
        [FRAME, BITMAP, FRAME]
    )


def test_pictures_in_another_order_than_the_directory_s_are_found_again():
    data = bytearray(made.ico([MARKED, BITMAP], gap=SECRET))
    data[6:22], data[22:38] = data[22:38], data[6:22]
    result = stripped(bytes(data))
    assert SECRET not in result
    sizes = [struct.unpack_from("<II", result, at) for at in (14, 30)]
    assert [result[at : at + size] for size, at in sizes] == [BITMAP, FRAME]


def test_pillow_opens_what_is_left():
    with Image.open(io.BytesIO(stripped(made.ico([MARKED])))) as image:
        assert image.tobytes() == made.picture("RGBA").tobytes()


def test_shared_pictures_are_left_as_they_are():
    data = bytearray(made.ico([MARKED, MARKED]))
    data[22:38] = data[6:22]
    assert ico.strip(bytes(data), rights=True) == []


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\1\0",
        b"\0\0\1\0\0\0",
        b"\0\0\1\0\xff\xff" + bytes(40),
        b"\0\0\2\0\1\0" + bytes(40),
        made.ico([MARKED])[:-5],
        made.ico([MARKED[:-5]]),
    ],
)
def test_directories_that_lie_are_refused(data):
    with pytest.raises(UnsupportedImage):
        ico.strip(data, rights=True)
