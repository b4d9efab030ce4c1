"""GIF: extensions are dropped by a keep-list, and everything after the trailer.

Source: GIF89a specification; XMP specification part 3 for the XMP block. Plain text extensions
go as well: no decoder in use draws them, so what they say is seen by nobody and read by anyone.
"""

from __future__ import annotations

from core.imaging.metadata import xmp
from core.imaging.metadata.edits import MAX_PARTS, Draft, Edit, Source, broken

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_CONTROL, _APPLICATION = 0xF9, 0xFF
# By name as `_extension_name` gives it: graphic control, loop counts, the colour profile.
_KEPT = frozenset({b"", b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"})
_XMP = b"XMP DataXMP"
_NAME_LENGTH = 11
_MAX_SUB_BLOCKS = 2_000_000
"""A 70 MB file of full sub-blocks has 275,000."""

# The packet stands bare, and this makes it look like sub-blocks: read from any of its bytes, the
# lengths lead to the terminator.
_XMP_TRAILER = b"\1" + bytes(range(255, -1, -1)) + b"\0"


class _Walk:
    """Steps over parts of a file, refusing to step past its end."""

    def __init__(self, file: Source) -> None:
        self._file = file
        self._sub_blocks = 0

    def byte(self, at: int) -> int:
        if at >= len(self._file):
            raise broken("The GIF is truncated.")
        return self._file[at]

    def kind(self, at: int, *, end_is_trailer: bool) -> int:
        """The byte that says what block begins at `at`."""
        return _TRAILER if end_is_trailer and at == len(self._file) else self.byte(at)

    def table_size(self, at: int) -> int:
        """Bytes of the colour table announced by the flags at `at`."""
        flags = self.byte(at)
        return 3 << ((flags & 7) + 1) if flags & 0x80 else 0

    def sub_blocks_end(self, at: int) -> int:
        """Where a chain of sub-blocks ends, its terminator included."""
        file, limit = self._file, len(self._file)
        for count in range(_MAX_SUB_BLOCKS - self._sub_blocks):
            if at >= limit:
                raise broken("The GIF is truncated.")
            length = file[at]
            at += 1 + length
            if not length:
                self._sub_blocks += count + 1
                return at
        raise broken("The GIF has too many blocks.")


def strip(file: Source, *, rights: bool) -> list[Edit]:
    """Edits that leave the frames, their timing, the loop count, the profile, (asked) rights.

    A file that ends without a trailer, but between two blocks, gets its trailer.

    Raises:
        UnsupportedImage: the blocks do not lead to the end.
    """
    if file[:6] not in (b"GIF87a", b"GIF89a"):
        raise broken("The file is not a GIF.")
    walk = _Walk(file)
    draft = Draft()
    packet = b""
    image_seen = False
    home = position = 13 + walk.table_size(10)
    for _ in range(MAX_PARTS):
        start = position
        kind = walk.kind(start, end_is_trailer=image_seen)
        if kind == _TRAILER:
            if not image_seen:
                raise broken("The GIF holds no picture.")
            draft.insert(home, _xmp_block(packet) if rights else b"")
            draft.replace(start, len(file), bytes((_TRAILER,)))
            return draft.finish(file)
        if kind == _IMAGE:
            image_seen = True
            # Nine bytes of position, size and flags, a table, the code size, the data.
            position = walk.sub_blocks_end(start + 11 + walk.table_size(start + 9))
        elif kind == _EXTENSION:
            position = walk.sub_blocks_end(start + 2)
            name = _extension_name(file, start)
            packet = packet or _packet(file, name, start, position)
            if name not in _KEPT:
                draft.drop(start, position)
            elif start == home and name:
                # The loop count wants to be first, so what is inserted comes after it.
                home = position
        elif kind == 0:
            position += 1  # a stray terminator: decoders pass over it
            draft.drop(start, position)
        else:
            raise broken("The GIF is damaged: it has a block of an unknown kind.")
    raise broken("The GIF has too many blocks.")


def _extension_name(file: Source, start: int) -> bytes | None:
    """An application's name; `b""` for graphic control, None for all other extensions."""
    label = file[start + 1]
    if label == _APPLICATION:
        return file[start + 3 : start + 3 + _NAME_LENGTH]
    return b"" if label == _CONTROL else None


def _packet(file: Source, name: bytes | None, start: int, end: int) -> bytes:
    """The packet in the XMP block at [start, end), `b""` if it is another block."""
    if name != _XMP:
        return b""
    data = start + 3 + _NAME_LENGTH
    return file[data : min(end, data + xmp.MAX_PACKET + 1)].partition(_XMP_TRAILER[:3])[0]


def _xmp_block(packet: bytes) -> bytes:
    """The minimal block that takes the place of the dropped one of this packet."""
    made = xmp.build(xmp.read(packet))
    if not made:
        return b""
    return bytes((_EXTENSION, _APPLICATION, _NAME_LENGTH)) + _XMP + made + _XMP_TRAILER
