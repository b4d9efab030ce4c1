import io
import struct

import marked_pictures as made
import pytest
from marked_pictures import SECRET, Says, riff, riff_chunk, riff_chunks
from PIL import Image

from core.errors import UnsupportedImage
from core.imaging.metadata import webp

SIMPLE = made.saved(made.picture(), "WEBP")
EXTENDED = made.saved(made.picture("RGBA"), "WEBP", icc_profile=made.PROFILE)
ANIMATED = made.animation("WEBP")
NOTHING = Says(orientation=1, copyright=b"", artist=b"", rights="")


def stripped(data, *, rights=True):
    result, position = b"", 0
    for edit in webp.strip(data, rights=rights):
        result += data[position : edit.start] + edit.data
        position = edit.end
    return result + data[position:]


def seen(data):
    with Image.open(io.BytesIO(data)) as image:
        found = []
        for index in range(image.n_frames):
            image.seek(index)
            found.append((image.tobytes(), image.info.get("duration")))
    return found


@pytest.mark.parametrize("plain", [EXTENDED, ANIMATED], ids=["still", "animated"])
def test_without_anything_to_keep_the_clean_file_comes_back(plain):
    assert stripped(made.webp(NOTHING, plain)) == plain


@pytest.mark.parametrize("rights", [True, False])
@pytest.mark.parametrize("plain", [EXTENDED, ANIMATED], ids=["still", "animated"])
def test_flags_and_sizes_say_what_is_there(plain, rights):
    result = stripped(made.webp(plain=plain), rights=rights)
    chunks = dict(riff_chunks(result))
    assert bool(chunks[b"VP8X"][0] & 0x08) is (b"EXIF" in chunks) is True
    assert bool(chunks[b"VP8X"][0] & 0x04) is (b"XMP " in chunks) is rights
    assert struct.unpack_from("<I", result, 4)[0] == len(result) - 8
    assert seen(result) == seen(plain)


def test_what_follows_the_picture_of_a_simple_file_goes():
    junk = [riff_chunk(b"EXIF", SECRET), riff_chunk(b"junk", SECRET)]
    data = riff([riff_chunk(*riff_chunks(SIMPLE)[0]), *junk])
    assert stripped(data + SECRET) == SIMPLE


def test_metadata_with_the_prefix_that_does_not_belong_there_is_read():
    data = [riff_chunk(*pair) for pair in riff_chunks(EXTENDED)]
    result = stripped(riff([*data, riff_chunk(b"EXIF", b"Exif\0\0" + made.tiff())]))
    assert Image.open(io.BytesIO(result)).getexif()[0x0112] == 6


@pytest.mark.parametrize("extra", [b"odd", b"even"])
@pytest.mark.parametrize("padded", [True, False])
def test_a_frame_s_size_is_mended_with_and_without_padding(extra, padded):
    """An unpadded last part makes a frame's length odd; without it the length is even again."""
    chunks = []
    for name, data in riff_chunks(ANIMATED):
        hidden = riff_chunk(b"hide", extra) if padded else b"hide" + struct.pack("<I", len(extra)) + extra  # fmt: skip
        chunks.append(riff_chunk(name, data + hidden if name == b"ANMF" else data))
    assert stripped(riff(chunks)) == ANIMATED


def test_a_missing_last_padding_byte_is_added():
    name, data = riff_chunks(SIMPLE)[0]
    data += b"" if len(data) % 2 else b"x"
    body = b"WEBP" + name + struct.pack("<I", len(data)) + data
    file = b"RIFF" + struct.pack("<I", len(body)) + body
    assert stripped(file) == riff([riff_chunk(name, data)])


@pytest.mark.parametrize(
    "data",
    [
        SIMPLE[:-4],
        SIMPLE[:12],
        b"RIFF\4\0\0\0WEBP",
        riff([riff_chunk(b"EXIF", b"1234")]),
        riff([riff_chunk(b"VP8X", bytes(10))]),
        riff([riff_chunk(b"VP8X", bytes(8)), riff_chunk(b"VP8 ", bytes(20))]),
        riff([riff_chunk(b"VP8X", bytes(10)), b"VP8 \xff\xff\xff\xff"]),
        riff([riff_chunk(b"VP8X", bytes(10)), riff_chunk(b"ANMF", bytes(10))]),
        riff([riff_chunk(b"VP8X", bytes(10)), riff_chunk(b"ANMF", bytes(16) + b"VP8 \x99\0\0\0")]),
        riff([riff_chunk(b"VP8X", bytes(10)), riff_chunk(b"ANMF", bytes(16) + b"VP8")]),
        riff([riff_chunk(b"VP8X", bytes(10)), riff_chunk(b"junk", b"") * 300_000]),
    ],
    ids=range(11),
)
def test_sizes_that_lie_are_refused(data):
    with pytest.raises(UnsupportedImage):
        webp.strip(data, rights=True)
