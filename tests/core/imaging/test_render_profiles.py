"""What is seen of pictures with colour profiles, in every format that they become."""

import struct
import zlib

import numpy as np
import pictures
import pytest
from icc_profiles import LINEAR_GREY, SRGB, WIDE, in_srgb
from PIL import Image

WORDS = ("jpg", "png", "webp", "avif", "gif")
GREY = np.tile(np.linspace(0, 255, 64).round().astype(np.uint8), (48, 1))


def deep_grey_and_alpha(profile):
    """A PNG of 16 bits with alpha, which Pillow can't write."""

    def chunk(kind, body):
        check = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + check

    height, width = GREY.shape
    samples = np.dstack([GREY.astype(">u2") * 257, np.full(GREY.shape, 65_535, ">u2")])
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    head = struct.pack(">IIBBBBB", width, height, 16, 4, 0, 0, 0)
    packed = b"grey\0\0" + zlib.compress(profile)
    chunks = ((b"IHDR", head), (b"iCCP", packed), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*each) for each in chunks)


def grey(mode):
    if mode == "16 bits and alpha":
        return deep_grey_and_alpha(LINEAR_GREY)
    if mode == "16 bits":
        picture = Image.fromarray(GREY.astype(np.uint16) * 257)
    else:
        picture = Image.fromarray(GREY).convert(mode)
    return pictures.encoded(picture, "PNG", icc_profile=LINEAR_GREY)


def as_seen(picture):
    """In sRGB, as a viewer that honours profiles shows it."""
    profile = picture.info.get("icc_profile")
    colour = picture.convert("RGB")
    assert profile is None or profile[16:20] == b"RGB "
    return np.asarray(in_srgb(colour, profile) if profile else colour, int)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("mode", ["L", "LA", "16 bits", "16 bits and alpha"])
@pytest.mark.parametrize("query", [{}, {"brightness": 0.5}])
def test_profiles_of_grey_are_applied(rendered, mode, word, query):
    """To 3 levels on average of what the encoders lose."""
    expected = np.asarray(in_srgb(Image.fromarray(GREY), LINEAR_GREY), float)
    made = rendered(grey(mode), "png", format=word, metadata="none", flip="v", **query)
    expected = expected * query.get("brightness", 1)
    assert abs(as_seen(made.picture) - expected).mean() <= 3
    assert expected.max() < 130 or abs(expected - GREY[..., None]).max() > 60


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("query", [{}, {"saturation": 0.5}])
def test_wide_gamuts_are_seen_alike_in_every_format(rendered, word, query):
    y, x = np.mgrid[0:48, 0:64]
    picture = Image.fromarray(np.dstack([x * 3 + 40, y * 4 + 20, x + y + 30]).astype(np.uint8))
    expected = np.asarray(in_srgb(picture, WIDE), float)
    if query:
        luma = expected @ [0.299, 0.587, 0.114]
        expected = luma[..., None] + (expected - luma[..., None]) * 0.5
    data = pictures.encoded(picture, "PNG", icc_profile=WIDE)
    made = rendered(data, "png", format=word, flip="v", **query)
    off = as_seen(made.picture)[::-1] - expected
    assert abs(off).mean() <= 5
    assert abs(expected - np.asarray(picture, int)).mean() > 8


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("space", [b"CMYK", b"GRAY", b"Lab "])
def test_a_profile_that_can_not_hold_is_left_behind(rendered, word, space):
    """Of another space than it says, it can't be applied; and no RGB file may carry it."""
    picture = Image.fromarray(np.full((48, 64, 4), 90, np.uint8), "CMYK")
    data = pictures.encoded(picture, "JPEG", icc_profile=WIDE[:16] + space + WIDE[20:])
    made = rendered(data, "jpeg", format=word, size="s", blur=1).picture
    assert made.info.get("icc_profile", SRGB)[16:20] == b"RGB "
