"""WebP: chunks are dropped by a keep-list, in the file and in its frames; sizes are mended.

Source: RFC 9649, section 2. Metadata that counts exists in the extended layout (VP8X) alone.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.imaging.metadata import exif, xmp
from core.imaging.metadata.edits import MAX_PARTS, Draft, Edit, Source, broken

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEPT = frozenset({b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"})
_KEPT_IN_FRAME = frozenset({b"ALPH", b"VP8 ", b"VP8L"})
_PICTURE = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
_HEAD = 8
_FRAME_HEAD = 16
_VP8X_LENGTH = 10
_HAS_EXIF, _HAS_XMP = 0x08, 0x04
_MAX_RIFF = (1 << 32) - 10


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Name, where its head stands, where its data ends, and where the next chunk begins."""

    name: bytes
    start: int
    data_end: int
    end: int


class _Walk:
    """Chunks of ranges of one file, counted over all of them."""

    def __init__(self, file: Source) -> None:
        self._file = file
        self._count = 0

    def chunks(self, start: int, limit: int) -> Iterator[_Chunk]:
        """The chunks in [start, limit); the last may lack its padding byte."""
        while start < limit:
            self._count += 1
            if self._count > MAX_PARTS:
                raise broken("The WebP has too many chunks.")
            if limit - start < _HEAD:
                raise broken("The WebP is truncated or damaged.")
            name, size = struct.unpack("<4sI", self._file[start : start + _HEAD])
            data_end = start + _HEAD + size
            if data_end > limit:
                raise broken("The WebP is truncated or damaged: a chunk's length is wrong.")
            end = min(data_end + size % 2, limit)
            yield _Chunk(name, start, data_end, end)
            start = end


def strip(file: Source, *, rights: bool) -> list[Edit]:
    """Edits that leave what decodes the picture, its profile, orientation and (asked) rights.

    Raises:
        UnsupportedImage: the chunks do not fit into each other or into the file.
    """
    if file[:4] != b"RIFF" or file[8:12] != b"WEBP":
        raise broken("The file is not a WebP.")
    (size,) = struct.unpack("<I", file[4:8])
    limit = _HEAD + size
    if limit > len(file):
        raise broken("The WebP is truncated.")
    walk = _Walk(file)
    draft = Draft()
    if file[12:16] == b"VP8X":
        _strip_extended(file, walk, draft, limit, rights=rights)
    else:
        _strip_simple(walk, draft, limit)
    length = size + draft.growth
    if length > _MAX_RIFF:
        raise broken("The WebP is too large for its own size field.")
    draft.replace(4, 8, struct.pack("<I", length))
    draft.drop(limit, len(file))
    return draft.finish(file)


def _strip_simple(walk: _Walk, draft: Draft, limit: int) -> None:
    """A simple file is one picture; decoders look at nothing after it."""
    chunks = walk.chunks(12, limit)
    first = next(chunks, None)
    if first is None or first.name not in (b"VP8 ", b"VP8L"):
        raise broken("The WebP does not begin with a picture.")
    _pad(draft, first)
    draft.drop(first.end, limit)


def _strip_extended(file: Source, walk: _Walk, draft: Draft, limit: int, *, rights: bool) -> None:
    block = packet = None
    header: _Chunk | None = None
    picture_seen = False
    for chunk in walk.chunks(12, limit):
        if header is None:
            if chunk.data_end - chunk.start != _HEAD + _VP8X_LENGTH:
                raise broken("The WebP is damaged: its header is of a wrong length.")
            header = chunk
            continue
        picture_seen = picture_seen or chunk.name in _PICTURE
        start = chunk.start + _HEAD
        if chunk.name == b"EXIF" and block is None:
            block = file[start : min(chunk.data_end, start + exif.MAX_BLOCK)]
        elif chunk.name == b"XMP " and packet is None:
            packet = file[start : min(chunk.data_end, start + xmp.MAX_PACKET + 1)]
        if chunk.name not in _KEPT:
            draft.drop(chunk.start, chunk.end)
            continue
        if chunk.name == b"ANMF":
            _strip_frame(walk, draft, chunk)
        else:
            _pad(draft, chunk)
    if header is None or not picture_seen:
        raise broken("The WebP holds no picture.")
    tags = exif.read(block or b"")
    made_exif = exif.build(tags if rights else tags.without_rights())
    made_xmp = xmp.build(xmp.read(packet)) if rights and packet else b""
    flags_at = header.start + _HEAD
    flags = file[flags_at] & ~(_HAS_EXIF | _HAS_XMP)
    flags |= (_HAS_EXIF if made_exif else 0) | (_HAS_XMP if made_xmp else 0)
    draft.replace(flags_at, flags_at + 1, bytes((flags,)))
    draft.insert(limit, _made(b"EXIF", made_exif) + _made(b"XMP ", made_xmp))


def _strip_frame(walk: _Walk, draft: Draft, frame: _Chunk) -> None:
    """Drop what is no picture out of an animation's frame, and mend the frame's size."""
    body = frame.start + _HEAD + _FRAME_HEAD
    if body > frame.data_end:
        raise broken("The WebP is damaged: a frame is too short.")
    unknown = [
        (chunk.start, chunk.end)
        for chunk in walk.chunks(body, frame.data_end)
        if chunk.name not in _KEPT_IN_FRAME
    ]
    if not unknown:
        _pad(draft, frame)
        return
    size = frame.data_end - frame.start - _HEAD - sum(end - start for start, end in unknown)
    draft.replace(frame.start + 4, frame.start + _HEAD, struct.pack("<I", size))
    for start, end in unknown:
        draft.drop(start, end)
    if size % 2:
        _pad(draft, frame)
    else:
        # What made the frame's length odd may have been dropped; its padding goes with it.
        draft.drop(frame.data_end, frame.end)


def _pad(draft: Draft, chunk: _Chunk) -> None:
    """Give the last chunk the padding byte that its writer forgot, as others may follow now."""
    if chunk.end == chunk.data_end and (chunk.data_end - chunk.start) % 2:
        draft.insert(chunk.end, b"\0")


def _made(name: bytes, data: bytes) -> bytes:
    if not data:
        return b""
    return struct.pack("<4sI", name, len(data)) + data + b"\0" * (len(data) % 2)
