"""EXIF orientation: read and reset in the raw block, which stays as it was otherwise.

Rewriting EXIF through a parser moves what maker notes point at, and fails on odd values.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from PIL import Image

from core.imaging.metadata import exif as metadata_exif

if TYPE_CHECKING:
    from collections.abc import Iterator

UPRIGHT = 1
_TAG = 0x0112
_PACKED = {3: "H", 4: "I"}
"""SHORT is the rule; LONG occurs."""
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


def _places(exif: bytes) -> Iterator[tuple[int, str]]:
    """Where values of the orientation stand in EXIF's first directory, and how they are packed."""
    start = len(metadata_exif.PREFIX) if exif.startswith(metadata_exif.PREFIX) else 0
    order = {b"II": "<", b"MM": ">"}.get(exif[start : start + 2])
    if order is None:
        return
    try:
        (directory,) = struct.unpack_from(order + "I", exif, start + 4)
        (count,) = struct.unpack_from(order + "H", exif, start + directory)
        for entry in range(count):
            at = start + directory + 2 + entry * _ENTRY_BYTES
            tag, kind, values = struct.unpack_from(order + "HHI", exif, at)
            packed = _PACKED.get(kind)
            if (tag, values) == (_TAG, 1) and packed and at + _ENTRY_BYTES <= len(exif):
                yield at + 8, order + packed
    except struct.error:
        return


def read(exif: bytes | None) -> int:
    """Give the orientation, 1 to 8; upright where there is none or none that makes sense.

    Read as when metadata is stripped: what is measured is what is served.
    """
    return metadata_exif.read(exif).orientation if exif else UPRIGHT


def reset(exif: bytes) -> bytes:
    """Say upright, and change nothing else."""
    block = bytearray(exif)
    for at, packed in _places(exif):
        struct.pack_into(packed, block, at, UPRIGHT)
    return bytes(block)


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
