"""EXIF orientation: read and reset in the raw block, which stays as it was otherwise.

Rewriting EXIF through a parser moves what maker notes point at, and fails on odd values.
"""

from __future__ import annotations

import re
import struct

from PIL import Image

UPRIGHT = 1
_TAG, _SHORT = 0x0112, 3
_ENTRY_BYTES = 12
_METHODS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = frozenset({5, 6, 7, 8})
_XMP = re.compile(rb"""(tiff:Orientation(?:\s*=\s*["']|\s*>\s*))[2-8]""")


def _find(exif: bytes) -> tuple[int, str] | None:
    """Where the value of the orientation stands in EXIF's first directory, and the byte order."""
    start = 6 if exif.startswith(b"Exif\0\0") else 0
    order = {b"II": "<", b"MM": ">"}.get(exif[start : start + 2])
    if order is None:
        return None
    try:
        (directory,) = struct.unpack_from(order + "I", exif, start + 4)
        (count,) = struct.unpack_from(order + "H", exif, start + directory)
        for entry in range(count):
            at = start + directory + 2 + entry * _ENTRY_BYTES
            tag, kind, values = struct.unpack_from(order + "HHI", exif, at)
            if (tag, kind, values) == (_TAG, _SHORT, 1) and at + _ENTRY_BYTES <= len(exif):
                return at + 8, order
    except struct.error:
        return None
    return None


def read(exif: bytes | None) -> int:
    """Give the orientation, 1 to 8; upright where there is none or none that makes sense."""
    found = _find(exif) if exif else None
    if not exif or not found:
        return UPRIGHT
    at, order = found
    value: int = struct.unpack_from(order + "H", exif, at)[0]
    return value if value in _METHODS else UPRIGHT


def reset(exif: bytes) -> bytes:
    """Say upright, and change nothing else."""
    found = _find(exif)
    if not found:
        return exif
    at, order = found
    return exif[:at] + struct.pack(order + "H", UPRIGHT) + exif[at + 2 :]


def reset_xmp(xmp: bytes) -> bytes:
    """Say upright in XMP, too, where a reader might look."""
    return _XMP.sub(rb"\g<1>1", xmp)


def displayed(size: tuple[int, int], orientation: int) -> tuple[int, int]:
    """Give width and height as a viewer shows them.

    >>> displayed((600, 450), 6)
    (450, 600)
    """
    width, height = size
    return (height, width) if orientation in _SIDEWAYS else (width, height)


def turn(picture: Image.Image, orientation: int) -> Image.Image:
    """Turn the pixels upright."""
    method = _METHODS.get(orientation)
    return picture.transpose(method) if method is not None else picture
