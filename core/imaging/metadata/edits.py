"""Changes to a file, told as byte ranges: nothing here decodes or re-encodes anything."""

from __future__ import annotations

import mmap
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, TypeAlias

from core.errors import UnsupportedImage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from core.errors import InvalidInput

Source: TypeAlias = bytes | mmap.mmap
"""What the containers are walked in: indexed, sliced, searched, never read whole."""

MAX_PARTS = 250_000
"""Segments, chunks or blocks of one file; a 70 MB PNG of 8 KiB pieces has 9,000."""

MAX_EDITS = 20_000
"""Separate places changed in one file; keeps the sidecar's header under about 1 MB."""

CHUNK = 1 << 20
"""Bytes moved at a time when files are copied."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Bytes [start, end) of a file are replaced by `data`; either may be empty."""

    start: int
    end: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Restoration:
    """Bytes [start, end) of the result are replaced by [from_start, from_end) of the original.

    The inverse of an edit, without holding the bytes: what was removed may be a gigabyte.
    """

    start: int
    end: int
    from_start: int
    from_end: int


def broken(sentence: str) -> InvalidInput:
    """The refusal of a container that can't be walked, to be raised by the caller."""
    return UnsupportedImage.on("file", sentence)


class Draft:
    """Collects edits while a file is walked from front to back.

    Neighbouring edits become one, so a million dropped bytes in 10,000 pieces cost one edit.
    """

    def __init__(self) -> None:
        self._edits: list[Edit] = []

    def drop(self, start: int, end: int) -> None:
        """Leave [start, end) out."""
        self.replace(start, end, b"")

    def insert(self, at: int, data: bytes) -> None:
        """Put `data` before the byte at `at`; may come late, as what to say is known last."""
        self.replace(at, at, data)

    def replace(self, start: int, end: int, data: bytes) -> None:
        """Put `data` where [start, end) was.

        Raises:
            UnsupportedImage: the file would have to be changed in too many places.
        """
        if start == end and not data:
            return
        last = self._edits[-1] if self._edits else None
        # Only what is dropped is joined here: an insertion may still come between the others.
        if last and last.end == start and not last.data and not data:
            self._edits[-1] = Edit(last.start, end)
            return
        if len(self._edits) >= MAX_EDITS:
            raise broken("The file holds metadata in too many places.")
        self._edits.append(Edit(start, end, data))

    @property
    def growth(self) -> int:
        """By how many bytes the file grows; negative when it shrinks."""
        return sum(len(edit.data) - (edit.end - edit.start) for edit in self._edits)

    def finish(self, source: Source) -> list[Edit]:
        """The edits in order, none touching another, none that changes nothing."""
        merged: list[Edit] = []
        for edit in sorted(self._edits, key=lambda edit: (edit.start, edit.end)):
            if merged and merged[-1].end == edit.start:
                last = merged.pop()
                merged.append(Edit(last.start, edit.end, last.data + edit.data))
            else:
                merged.append(edit)
        return [edit for edit in merged if not _changes_nothing(source, edit)]


def _changes_nothing(source: Source, edit: Edit) -> bool:
    return len(edit.data) == edit.end - edit.start and source[edit.start : edit.end] == edit.data


@contextmanager
def mapped(path: Path) -> Iterator[mmap.mmap]:
    """The file as bytes that the system pages in as they are touched.

    Raises:
        UnsupportedImage: the file is empty, which can't be mapped and is no picture.
    """
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise broken("The file is empty.")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            yield view


def copy_range(source: IO[bytes], target: IO[bytes], start: int, end: int) -> None:
    """Append bytes [start, end) of `source` to `target`, a chunk at a time."""
    source.seek(start)
    while start < end:
        data = source.read(min(CHUNK, end - start))
        if not data:
            raise EOFError(f"the file ends at {start}, before {end}")
        target.write(data)
        start += len(data)


def apply(edits: Iterable[Edit], source: Path, target: Path) -> None:
    """Write `target`: `source` with sorted edits applied, in memory of one chunk."""
    with source.open("rb") as reader, target.open("wb") as writer:
        position = 0
        for edit in edits:
            copy_range(reader, writer, position, edit.start)
            writer.write(edit.data)
            position = edit.end
        copy_range(reader, writer, position, source.stat().st_size)


def invert(edits: Sequence[Edit]) -> list[Restoration]:
    """What must be put back into the result of `edits` to have the original again."""
    restorations = []
    shift = 0
    for edit in edits:
        start = edit.start + shift
        restorations.append(Restoration(start, start + len(edit.data), edit.start, edit.end))
        shift += len(edit.data) - (edit.end - edit.start)
    return restorations
