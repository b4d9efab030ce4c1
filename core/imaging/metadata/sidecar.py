"""The sidecar file: how to make an upload's own bytes, or the barest ones, of the served bytes.

    4 bytes    magic `PXS1`
    4 bytes    length of the header, big endian
    header     JSON: {"blob": size of the served file,
                      "keep": [[start, end, offset, length], ...], "none": [...]}
    body       the literal bytes

An item says: bytes [start, end) of the served file are replaced by `length` bytes of the body
from `offset`. Items are sorted and do not overlap. `keep` gives the upload byte for byte, `none`
the served picture without its copyright. Neither needs either file in memory: a recipe is a
list of ranges. The first 64 KiB hold the header of all but the oddest files.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from core.imaging.metadata.edits import copy_range

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from core.imaging.metadata.edits import Edit, Restoration

Variant: TypeAlias = Literal["keep", "none"]

FIRST_READ = 64 << 10
"""Bytes from the sidecar's front that are worth reading at once."""

_MAGIC = b"PXS1"
_PREFIX = struct.Struct(">4sI")


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes [start, end) of the served file (`blob`) or of the whole sidecar file."""

    source: Literal["blob", "sidecar"]
    start: int
    end: int


def write(
    target: Path,
    original: Path,
    blob_size: int,
    keep: Sequence[Restoration],
    none: Sequence[Edit],
) -> None:
    """Write the sidecar; the bytes that `keep` needs are copied from `original` in chunks.

    Args:
        target: the sidecar to write.
        original: the upload itself.
        blob_size: size of the served file in bytes.
        keep: makes the original of the served file.
        none: makes the bare picture of the served file.
    """
    offset = 0
    items: dict[str, list[list[int]]] = {"keep": [], "none": []}
    for restoration in keep:
        length = restoration.from_end - restoration.from_start
        items["keep"].append([restoration.start, restoration.end, offset, length])
        offset += length
    for edit in none:
        items["none"].append([edit.start, edit.end, offset, len(edit.data)])
        offset += len(edit.data)
    header = json.dumps({"blob": blob_size, **items}, separators=(",", ":")).encode()
    with target.open("wb") as writer, original.open("rb") as reader:
        writer.write(_PREFIX.pack(_MAGIC, len(header)) + header)
        for restoration in keep:
            copy_range(reader, writer, restoration.from_start, restoration.from_end)
        for edit in none:
            writer.write(edit.data)


def head_size(front: bytes) -> int:
    """How many bytes from the sidecar's front `read_recipe` needs, told by the first eight.

    Raises:
        ValueError: these are not the first bytes of a sidecar.
    """
    if len(front) < _PREFIX.size:
        raise ValueError("the sidecar is shorter than its prefix")
    magic, length = _PREFIX.unpack_from(front)
    if magic != _MAGIC:
        raise ValueError("the file is not a sidecar")
    return _PREFIX.size + int(length)


def read_recipe(head: bytes, variant: Variant, blob_size: int) -> tuple[Piece, ...]:
    """The pieces of a variant in the order in which they are sent; none is empty.

    Args:
        head: at least `head_size` bytes from the sidecar's front.
        variant: `keep` for the upload itself, `none` for the bare picture.
        blob_size: size of the served file in bytes.

    Raises:
        ValueError: the sidecar is damaged, or belongs to another blob.
    """
    body = head_size(head)
    if len(head) < body:
        raise ValueError(f"the sidecar's head has {body} bytes, {len(head)} were given")
    try:
        header = json.loads(head[_PREFIX.size : body])
        items = [(int(a), int(b), int(c), int(d)) for a, b, c, d in header[variant]]
        blob = int(header["blob"])
    except (KeyError, TypeError) as error:
        raise ValueError("the sidecar's header is damaged") from error
    if blob != blob_size:
        raise ValueError(f"the sidecar is of a blob of {blob} bytes, not of {blob_size}")
    pieces: list[Piece] = []
    position = 0
    for start, end, offset, length in items:
        if not (position <= start <= end <= blob_size and offset >= 0 and length >= 0):
            raise ValueError("the sidecar's ranges are damaged")
        pieces.append(Piece("blob", position, start))
        pieces.append(Piece("sidecar", body + offset, body + offset + length))
        position = end
    pieces.append(Piece("blob", position, blob_size))
    return tuple(piece for piece in pieces if piece.start < piece.end)


def total_size(pieces: Iterable[Piece]) -> int:
    """Bytes of the whole output."""
    return sum(piece.end - piece.start for piece in pieces)


def cut(pieces: Iterable[Piece], start: int, end: int) -> tuple[Piece, ...]:
    """The pieces of bytes [start, end) of the output; what lies outside of it is left out."""
    chosen = []
    position = 0
    for piece in pieces:
        size = piece.end - piece.start
        first, last = max(start - position, 0), min(end - position, size)
        if first < last:
            chosen.append(Piece(piece.source, piece.start + first, piece.start + last))
        position += size
    return tuple(chosen)
