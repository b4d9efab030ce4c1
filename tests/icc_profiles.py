"""Colour profiles made by the tests (ICC.1:2001-04, version 2, big-endian)."""

from __future__ import annotations

import io

from PIL import Image, ImageCms

_WHITE = (0.9642, 1.0, 0.8249)


def _fixed(value: float) -> bytes:
    return round(value * 65_536).to_bytes(4, "big", signed=True)


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(map(_fixed, values))


def _gamma(value: float) -> bytes:
    return b"curv" + bytes(4) + (1).to_bytes(4, "big") + round(value * 256).to_bytes(2, "big")


def _profile(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    text = b"ours\0"
    described = {
        b"desc": b"desc" + bytes(4) + len(text).to_bytes(4, "big") + text + bytes(78),
        b"cprt": b"text" + bytes(4) + b"none\0\0\0\0",
        b"wtpt": _xyz(*_WHITE),
    } | tags
    at, table, body = 132 + 12 * len(described), b"", b""
    for name, value in described.items():
        padded = value + bytes(-len(value) % 4)
        table += name + (at + len(body)).to_bytes(4, "big") + len(value).to_bytes(4, "big")
        body += padded
    header = bytes(4) + b"lcms\x02\x20\0\0mntr" + space + b"XYZ " + bytes(12) + b"acsp" + bytes(28)
    header += b"".join(map(_fixed, _WHITE)) + bytes(48)
    profile = header + len(described).to_bytes(4, "big") + table + body
    return len(profile).to_bytes(4, "big") + profile[4:]


WIDE = _profile(
    b"RGB ",
    {
        b"rXYZ": _xyz(0.5151, 0.2412, -0.0011),
        b"gXYZ": _xyz(0.2920, 0.6922, 0.0419),
        b"bXYZ": _xyz(0.1571, 0.0666, 0.7841),
        b"rTRC": _gamma(2.2),
        b"gTRC": _gamma(2.2),
        b"bTRC": _gamma(2.2),
    },
)
"""Display P3's matrix with a gamma of 2.2."""

LINEAR_GREY = _profile(b"GRAY", {b"kTRC": _gamma(1.0)})
"""Grey whose numbers are amounts of light: half of them is a bright grey."""

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """What a picture of that profile looks like, in sRGB."""
    return ImageCms.profileToProfile(
        picture,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        outputMode="RGB",
    )
