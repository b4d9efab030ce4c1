"""What is told of a picture, and what is served, is what a viewer sees of the upload."""

from __future__ import annotations

import io
import struct
import zlib

import pictures
import pytest
from PIL import Image

KEY_COLOUR = (250, 40, 10)


def exif_block(*entries: tuple[int, int, int]) -> bytes:
    """A block of orientations, each (type, count, value), little-endian."""
    body = b"".join(
        struct.pack("<HHI", 0x0112, kind, count) + struct.pack("<I", value)
        for kind, count, value in entries
    )
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + bytes(4)


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_with(kind: bytes, body: bytes) -> bytes:
    plain = pictures.png(40, 20)
    return plain[:33] + chunk(kind, body) + plain[33:]


def raw_profile(block: bytes) -> bytes:
    told = b"Exif\0\0" + block
    text = b"\nexif\n%8d\n%s\n" % (len(told), told.hex().encode())
    return b"Raw profile type exif\0\0" + zlib.compress(text)


SHORT, LONG = 3, 4
TURNED = exif_block((SHORT, 1, 6))
ORIENTED = {
    "jpeg, short": pictures.jpeg(40, 20, exif=b"Exif\0\0" + TURNED),
    "jpeg, long": pictures.jpeg(40, 20, exif=b"Exif\0\0" + exif_block((LONG, 1, 6))),
    "jpeg, twice": pictures.jpeg(
        40, 20, exif=b"Exif\0\0" + exif_block((SHORT, 1, 1), (SHORT, 1, 6))
    ),
    "jpeg, twice the other way": pictures.jpeg(
        40, 20, exif=b"Exif\0\0" + exif_block((SHORT, 1, 6), (SHORT, 1, 1))
    ),
    "jpeg, not of TIFF's": pictures.jpeg(
        40, 20, exif=b"Exif\0\0" + TURNED.replace(b"II*\0", b"II+\0", 1)
    ),
    "jpeg, out of range": pictures.jpeg(40, 20, exif=b"Exif\0\0" + exif_block((SHORT, 1, 9))),
    "png, in a chunk": png_with(b"eXIf", TURNED),
    "png, in ImageMagick's text": png_with(b"zTXt", raw_profile(TURNED)),
    "webp, long": pictures.encoded(pictures.pixels(40, 20), "WEBP", exif=exif_block((LONG, 1, 8))),
    "tiff to webp, long": pictures.encoded(
        pictures.pixels(40, 20), "TIFF", exif=exif_block((LONG, 1, 6))
    ),
    "avif to webp": pictures.encoded(pictures.pixels(40, 20), "AVIF", exif=TURNED),
    "too large": pictures.jpeg(8_200, 20, exif=b"Exif\0\0" + exif_block((LONG, 1, 6))),
}


@pytest.mark.parametrize("name", ORIENTED)
def test_dimensions_are_those_of_what_is_served(server, name):
    """However oddly the orientation is said, both the page and the picture say the same."""
    made = server.upload(ORIENTED[name])
    served = pictures.opened(server.get(f"/{made['id']}.{made['extension']}").content)
    width, height = served.size
    if served.getexif().get(0x0112, 1) >= 5:
        width, height = height, width
    assert (made["width"], made["height"]) == (width, height)


def moving_square(colour=(*KEY_COLOUR, 255), frames: int = 4) -> list[Image.Image]:
    """An opaque square on nothing: cut down to what changes, no frame has any transparency."""
    pictured = []
    for number in range(frames):
        frame = Image.new("RGBA", (64, 48))
        frame.paste(colour, (8 * number, 8, 8 * number + 24, 40))
        pictured.append(frame)
    return pictured


def test_an_animation_of_opaque_parts_stays_transparent_around_them(server):
    first, *others = moving_square()
    sent = pictures.encoded(
        first, "AVIF", save_all=True, append_images=others, duration=80, quality=90
    )
    made = server.upload(sent, "moving.avif")
    served = Image.open(io.BytesIO(server.get(f"/{made['id']}.webp").content))
    assert served.n_frames == 4
    for number in range(4):
        served.seek(number)
        shown = served.convert("RGBA")
        assert shown.getpixel((60, 4))[3] == 0
        assert shown.getpixel((8 * number + 12, 24))[3] == 255


def test_an_animation_whose_frames_merge_into_one_is_called_still(server):
    """Too wide to be stored as it is, it is encoded anew; equal frames become one."""
    still = pictures.encoded(Image.new("P", (8_300, 16), 1), "GIF")
    at = still.index(b"\x2c")
    sent = still[:at] + still[at:-1] * 3 + b"\x3b"
    assert pictures.opened(sent).n_frames == 3
    made = server.upload(sent)
    served = pictures.opened(server.get(f"/{made['id']}.gif").content)
    assert (served.n_frames, made["animated"]) == (1, False)


def test_a_png_of_two_headers_is_refused(server):
    """Pillow reads it, browsers do not: its link would show nothing."""
    plain = pictures.png(40, 20)
    answer = server.try_upload(plain[:33] + plain[8:33] + plain[33:])
    assert (answer.status_code, answer.json()["error"]) == (422, "validation_error")
