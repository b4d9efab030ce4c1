"""What a file's own bytes declare: sizes and counts, read without decoding a pixel.

Pillow learns some of these late (WebP allocates its canvas while it opens, ICO decodes), some
slowly (GIF's frames one by one) and some never (a JPEG's scans). Every walk here is linear and
gives up after so many pieces: a file of millions of empty pieces is an attack on the walker.
"""

from __future__ import annotations

import mmap
import re
import struct
from dataclasses import dataclass
from typing import TypeAlias

from core.errors import InvalidInput, UnsupportedImage
from core.imaging.metadata.edits import MAX_PARTS

Bytes: TypeAlias = bytes | mmap.mmap

MAX_BLOCKS = 1_000_000
"""Blocks of a GIF that are looked at: three times what one of 70 MB has when each is full, with
255 bytes. Chunks and segments of the others are larger, and fewer: `MAX_PARTS`."""


@dataclass(frozen=True, slots=True)
class Declared:
    """A canvas in pixels, and how often it is filled.

    `total` counts the pixels of all frames, `scans` a JPEG's passes over the picture. `lossless`
    is whether the file chose so where its format leaves the choice.
    """

    width: int
    height: int
    frames: int = 1
    total: int = 0
    scans: int = 1
    lossless: bool = False

    @classmethod
    def of(
        cls, width: int, height: int, frames: int = 1, *, scans: int = 1, lossless: bool = False
    ) -> Declared:
        """Make one whose frames all fill the canvas."""
        return cls(width, height, frames, width * height * frames, scans, lossless)


def refusal(sentence: str) -> InvalidInput:
    """Make the refusal of the uploaded file, to be raised.

    >>> refusal("The file is empty.").errors
    {'file': ['The file is empty.']}
    """
    return UnsupportedImage.on("file", sentence)


def _cut_short(name: str) -> InvalidInput:
    return refusal(f"The {name} could not be decoded: it ends too early.")


def _broken(name: str) -> InvalidInput:
    return refusal(f"The {name} could not be decoded: its structure is broken.")


def _too_many_parts(name: str, most: int = MAX_PARTS) -> InvalidInput:
    return refusal(f"The {name} consists of too many parts; at most {most:,} are accepted.")


# JPEG: ITU-T T.81, annex B. A start of frame is any of SOF0 to SOF15 but for DHT, JPG and DAC.
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})
_EOI, _SOS = 0xD9, 0xDA
# In entropy-coded data FF is stuffed with 00, or a restart marker; FF FF is fill.
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def jpeg(data: Bytes) -> Declared:
    """Count the scans up to the end of the (first) picture, by walking its segments."""
    at, width, height, scans = 2, 0, 0, 0
    for _ in range(MAX_PARTS):
        # Bytes between segments are skipped as libjpeg does.
        found = _MARKER.search(data, at)
        if not found:
            raise _cut_short("JPEG")
        at = found.end()
        marker = data[at - 1]
        if marker == _EOI:
            return Declared.of(width, height, scans=scans)
        if marker in _BARE:
            continue
        if at + 2 > len(data):
            raise _cut_short("JPEG")
        if marker == _SOS:
            scans += 1
        elif marker in _SOF:
            if at + 7 > len(data):
                raise _cut_short("JPEG")
            height, width = struct.unpack_from(">HH", data, at + 3)
        at += int.from_bytes(data[at : at + 2], "big")
    raise _too_many_parts("JPEG")


_PNG_HEADER = 8 + 8 + 13  # signature, chunk head, IHDR


def png(data: Bytes) -> Declared:
    """Read IHDR, count APNG's frames, and see that the file reaches its end chunk.

    The frames are as many as it announces or has, whichever is more; a default image that is
    not part of the animation counts too, as it is decoded too.
    """
    if len(data) < _PNG_HEADER or data[12:16] != b"IHDR":
        raise _broken("PNG")
    width, height = struct.unpack_from(">II", data, 16)
    at, announced, controls, is_default_apart = 8, 0, 0, False
    for _ in range(MAX_PARTS):
        if at + 12 > len(data):
            raise _cut_short("PNG")
        kind = data[at + 4 : at + 8]
        if kind == b"IEND":
            frames = max(announced, controls) + is_default_apart if announced else 1
            return Declared.of(width, height, max(frames, 1))
        if kind == b"acTL" and at + 20 <= len(data):
            announced = int.from_bytes(data[at + 8 : at + 12], "big")
        elif kind == b"fcTL":
            controls += 1
        elif kind == b"IDAT":
            is_default_apart = announced > 0 and controls == 0
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    raise _too_many_parts("PNG")


def _after_sub_blocks(data: Bytes, at: int, parts: int) -> tuple[int, int]:
    """Skip GIF's sub-blocks; give where they end, and the pieces counted so far."""
    length = len(data)
    while True:
        if at >= length:
            raise _cut_short("GIF")
        size = data[at]
        at += 1 + size
        if size == 0:
            return at, parts
        parts += 1
        if parts > MAX_BLOCKS:
            raise _too_many_parts("GIF", MAX_BLOCKS)


def _colour_table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def gif(data: Bytes) -> Declared:
    """Count frames, and find the canvas: a frame may reach past the logical screen.

    A missing trailer is forgiven, a frame cut in two is not (GIF89a specification, 18 to 27).
    """
    if len(data) < 13:  # noqa: PLR2004 -- header and logical screen descriptor
        raise _cut_short("GIF")
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at, frames, parts = 13 + _colour_table(flags), 0, 0
    while at < len(data):
        parts += 1
        if data[at] == 0x3B:  # noqa: PLR2004 -- trailer
            break
        if data[at] == 0x21:  # noqa: PLR2004 -- extension: its label, then sub-blocks
            at, parts = _after_sub_blocks(data, at + 2, parts)
        elif data[at] == 0x2C:  # noqa: PLR2004 -- picture: descriptor, table, code size, sub-blocks
            if at + 10 > len(data):
                raise _cut_short("GIF")
            left, top, wide, high, flags = struct.unpack_from("<HHHHB", data, at + 1)
            width, height = max(width, left + wide), max(height, top + high)
            frames += 1
            at, parts = _after_sub_blocks(data, at + 11 + _colour_table(flags), parts)
        elif parts > MAX_BLOCKS:
            raise _too_many_parts("GIF", MAX_BLOCKS)
        else:  # a byte that begins nothing: decoders look on
            at += 1
    if not frames:
        raise _cut_short("GIF")
    return Declared.of(width, height, frames)


def _webp_size(data: Bytes) -> tuple[int, int]:
    """Read the canvas of the first chunk (RFC 9649, 2.5 to 2.7)."""
    kind = data[12:16]
    if kind == b"VP8X":
        return (
            1 + int.from_bytes(data[24:27], "little"),
            1 + int.from_bytes(data[27:30], "little"),
        )
    if kind == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    raise _broken("WebP")


def webp(data: Bytes) -> Declared:
    """Read the canvas and count the frames; lossless when its first bitstream is."""
    if len(data) < 30:  # noqa: PLR2004 -- the shortest header of the three kinds
        raise _cut_short("WebP")
    width, height = _webp_size(data)
    end = min(len(data), 8 + int.from_bytes(data[4:8], "little"))
    at, frames, lossless = 12, 0, data[12:16] == b"VP8L"
    for _ in range(MAX_PARTS):
        if at + 8 > end:
            return Declared.of(width, height, max(frames, 1), lossless=lossless)
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        if kind == b"ANMF":
            frames += 1
            # 16 bytes of frame header, then its chunks: ALPH and VP8, or VP8L
            lossless = lossless or (frames == 1 and data[at + 24 : at + 28] == b"VP8L")
        elif kind == b"VP8L":
            lossless = True
        at += 8 + size + (size & 1)
    raise _too_many_parts("WebP")


def ico(data: Bytes) -> Declared:
    """Find the largest of the pictures that an icon holds, by their own headers.

    The directory's own numbers end at 256 and need not be true.
    """
    count = int.from_bytes(data[4:6], "little")
    if 6 + 16 * count > len(data):
        raise _cut_short("icon")
    width, height, total = 0, 0, 0
    for entry in range(count):
        (offset,) = struct.unpack_from("<I", data, 6 + 16 * entry + 12)
        if data[offset : offset + 4] == b"\x89PNG" and offset + 24 <= len(data):
            wide, high = struct.unpack_from(">II", data, offset + 16)
        elif offset + 16 <= len(data):
            # A bitmap's header; its height covers the colours and the mask below them.
            head, wide, doubled = struct.unpack_from("<Iii", data, offset)
            if head == 12:  # noqa: PLR2004 -- OS/2's header has shorts
                wide, doubled = struct.unpack_from("<HH", data, offset + 4)
            wide, high = abs(wide), abs(doubled) // 2
        else:
            raise _cut_short("icon")
        width, height, total = max(width, wide), max(height, high), total + wide * high
    return Declared(width, height, frames=count, total=total)
