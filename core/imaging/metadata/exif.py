"""The three EXIF tags that stay, read from any block and written as a minimal one.

Sources: TIFF 6.0 (the structure), Exif 2.32 section 4.6.4 (the tags of IFD0).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

PREFIX = b"Exif\0\0"
"""Stands before the TIFF header in JPEG, and by mistake in some PNG and WebP files."""

MAX_BLOCK = 1 << 20
"""Bytes of a block that are looked at."""

MAX_TEXT = 4_096
"""Bytes of a copyright or artist that are kept; the rest is cut."""

UPRIGHT, LAST_ORIENTATION = 1, 8
ORIENTATION, ARTIST, COPYRIGHT = 0x0112, 0x013B, 0x8298
BYTE, ASCII, SHORT, LONG, UNDEFINED, UTF8 = 1, 2, 3, 4, 7, 129
_ENTRY = 12


@dataclass(frozen=True, slots=True)
class Tags:
    """Orientation 1 to 8; the texts as bytes without their closing NUL, `b""` when absent."""

    orientation: int = UPRIGHT
    copyright: bytes = b""
    artist: bytes = b""

    def without_rights(self) -> Tags:
        """The orientation alone."""
        return Tags(orientation=self.orientation)


def read(block: bytes) -> Tags:
    """The tags of a block's first directory; a broken block says what can be read of it.

    Never raises, and follows no chain of directories, so there is no loop to fall into.
    """
    block = block.removeprefix(PREFIX)[:MAX_BLOCK]
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    if order is None or len(block) < struct.calcsize("4sIH"):
        return Tags()
    (directory,) = struct.unpack_from(order + "I", block, 4)
    if directory + 2 > len(block):
        return Tags()
    (announced,) = struct.unpack_from(order + "H", block, directory)
    first = directory + 2
    tags = Tags()
    for index in range(min(announced, (len(block) - first) // _ENTRY)):
        tags = _with_entry(tags, block, order, first + index * _ENTRY)
    return tags


def _with_entry(tags: Tags, block: bytes, order: str, at: int) -> Tags:
    tag, kind, count = struct.unpack_from(order + "HHI", block, at)
    if tag == ORIENTATION and kind in (SHORT, LONG) and count == 1:
        (value,) = struct.unpack_from(order + ("H" if kind == SHORT else "I"), block, at + 8)
        return replace(tags, orientation=value if UPRIGHT <= value <= LAST_ORIENTATION else UPRIGHT)
    if tag in (COPYRIGHT, ARTIST) and kind in (BYTE, ASCII, UNDEFINED, UTF8):
        text = _text(block, order, at, count)
        return replace(tags, copyright=text) if tag == COPYRIGHT else replace(tags, artist=text)
    return tags


def _text(block: bytes, order: str, at: int, count: int) -> bytes:
    start = at + 8
    if count > 4:  # noqa: PLR2004 - four bytes fit the entry itself
        (start,) = struct.unpack_from(order + "I", block, at + 8)
    if start + count > len(block):
        return b""
    text = block[start : start + min(count, MAX_TEXT)].rstrip(b"\0 ")
    # "Photographer NUL editor NUL" is the tag's own form, so a NUL within stays.
    return text if text.strip(b"\0 ") else b""


def build(tags: Tags) -> bytes:
    """A TIFF block (no prefix) with just these tags; `b""` when there is nothing to say."""
    entries: list[tuple[int, int, int, bytes]] = []
    if tags.orientation != UPRIGHT:
        entries.append((ORIENTATION, SHORT, 1, struct.pack(">H", tags.orientation)))
    for tag, text in ((ARTIST, tags.artist), (COPYRIGHT, tags.copyright)):
        if text:
            entries.append((tag, ASCII, len(text) + 1, text + b"\0"))
    if not entries:
        return b""
    values_at = 8 + 2 + _ENTRY * len(entries) + 4
    values = b""
    directory = struct.pack(">H", len(entries))
    for tag, kind, count, value in entries:
        directory += struct.pack(">HHI", tag, kind, count)
        if len(value) <= 4:  # noqa: PLR2004 - four bytes fit the entry itself
            directory += value.ljust(4, b"\0")
        else:
            directory += struct.pack(">I", values_at + len(values))
            values += value + b"\0" * (len(value) % 2)  # TIFF: values begin on even offsets
    return struct.pack(">2sHI", b"MM", 42, 8) + directory + bytes(4) + values
