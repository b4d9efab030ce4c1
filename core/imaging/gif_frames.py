"""An animated GIF, written frame by frame: of each what differs from the one before.

Pillow's own writer holds all frames, and writes them whole where one has anything transparent,
which takes up to fifty times the room. Blocks by the GIF89a specification.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, TypeAlias

from PIL import Image, ImageChops

from core.imaging.palette import paletted

if TYPE_CHECKING:
    from collections.abc import Iterable

Box: TypeAlias = tuple[int, int, int, int]

_STAYS, _CLEARED = 1, 2
"""What becomes of a frame before the next is drawn (23, disposal method)."""

_HEAD = 13
_HAS_TABLE = 0x80
_TABLE_BITS = 0x07
_EXTENSION, _IMAGE, _TRAILER = b"\x21", b"\x2c", b"\x3b"
_DESCRIPTOR = 10
_MOST_TICKS = 65_535
_CLEAR = (0, 0, 0, 0)


def write(
    file: BinaryIO,
    size: tuple[int, int],
    frames: Iterable[tuple[Image.Image, int]],
    loop: int | None,
) -> None:
    """Write frames, each RGBA without half transparency, with its hundredths of a second.

    Equal neighbours become one. `loop` is how often it is repeated; 0 for ever, None never.
    """
    file.write(b"GIF89a" + struct.pack("<HHBBB", *size, 0, 0, 0))
    if loop is not None:
        file.write(_EXTENSION + b"\xff\x0bNETSCAPE2.0\x03\x01" + struct.pack("<HB", loop, 0))
    screen = _Screen(file, Image.new("RGBA", size, _CLEAR))
    first: Image.Image | None = None
    held: Image.Image | None = None
    lasting = 0
    for frame, ticks in frames:
        first = first or frame
        if held is not None and _difference(held, frame).getbbox() is None:
            lasting += ticks
            continue
        if held is not None:
            screen.show(held, lasting, frame)
        held, lasting = frame, ticks
    if held is not None:
        # Some viewers start again on what the last frame has left.
        screen.show(held, lasting, first if loop is not None else None)
    file.write(_TRAILER)


@dataclass(slots=True)
class _Screen:
    """What is seen before the next frame is drawn."""

    file: BinaryIO
    seen: Image.Image
    blank: bool = True

    def show(self, frame: Image.Image, ticks: int, following: Image.Image | None) -> None:
        """Write a frame that stays for so long until `following` comes."""
        changed = _difference(self.seen, frame)
        holes = _holes(frame, following).getbbox() if following else None
        box = _around(changed.getbbox(), holes)
        if self.blank or box is None:
            # The first is whole, lest a viewer take it for the picture's size.
            box = (0, 0, *frame.size) if self.blank else (0, 0, 1, 1)
        self.blank = False
        drawn = ImageChops.darker(changed, frame.getchannel("A")).crop(box)
        # Many viewers clear to what is transparent in the frame, or to a colour if nothing is.
        part = paletted(frame.crop(box), drawn, clear_at_all=holes is not None)
        _write_part(self.file, part, box, _CLEARED if holes else _STAYS, min(ticks, _MOST_TICKS))
        self.seen = frame
        if holes:
            self.seen = frame.copy()
            self.seen.paste(_CLEAR, box)


def _difference(one: Image.Image, other: Image.Image) -> Image.Image:
    """255 where two pictures differ, of mode L."""
    bands = ImageChops.difference(one, other).split()
    most = bands[0]
    for band in bands[1:]:
        most = ImageChops.lighter(most, band)
    return most.point([0] + [255] * 255)


def _holes(frame: Image.Image, following: Image.Image) -> Image.Image:
    """Where something is seen that is not to be seen next: drawing can't take it away."""
    return ImageChops.subtract(frame.getchannel("A"), following.getchannel("A"))


def _around(one: Box | None, other: Box | None) -> Box | None:
    if one is None or other is None:
        return one or other
    return (*map(min, one[:2], other[:2]), *map(max, one[2:], other[2:]))  # type: ignore[return-value]  # 2 + 2


def _write_part(file: BinaryIO, part: Image.Image, box: Box, disposal: int, ticks: int) -> None:
    """Write the blocks of a frame: what Pillow makes of it alone, put in its place."""
    still = BytesIO()
    part.save(still, "GIF", interlace=0, optimize=False)
    data = still.getvalue()
    bits = data[_HEAD - 3] & _TABLE_BITS
    at = _HEAD + 3 * (2 << bits)
    table = data[_HEAD:at]
    while data[at : at + 1] == _EXTENSION:
        at += 2
        while data[at]:
            at += data[at] + 1
        at += 1
    transparent = part.info.get("transparency")
    flags = disposal << 2 | (transparent is not None)
    control = struct.pack("<BBBHBB", 0xF9, 4, flags, ticks, transparent or 0, 0)
    place = struct.pack("<HHHHB", *box[:2], *part.size, _HAS_TABLE | bits)
    file.write(_EXTENSION + control + _IMAGE + place + table + data[at + _DESCRIPTOR : -1])
