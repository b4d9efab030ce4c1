"""How often an AVIF sequence plays: Pillow does not tell, its boxes do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.imaging.declared import Bytes

FOR_EVER = 0
_MAX_BOXES = 1_000
_REPEATS = 1
"""ISO/IEC 14496-12, 8.6.6: bit 0 of the edit list's flags."""


def plays(data: Bytes) -> int:
    """Count the runs of the first track with an edit list; 0 is for ever.

    A repeated edit list plays for as long as its track lasts (AVIF 1.1, 9.1.1 "Edit list"); a
    duration of all ones has no end. Browsers play a sequence that says nothing for ever.
    """
    for track in _bodies(data, (0, len(data)), b"moov", b"trak"):
        for start, end in _bodies(data, track, b"edts", b"elst"):
            wide = data[start] == 1
            size = 8 if wide else 4
            segment = data[start + 8 : start + 8 + size]
            if start + 8 + size > end or not int.from_bytes(segment, "big"):
                return FOR_EVER
            if not data[start + 3] & _REPEATS:
                return 1
            for head, _ in _bodies(data, track, b"tkhd"):
                # version and flags, two times, the track's number, a reserved word
                at, size = (head + 28, 8) if data[head] == 1 else (head + 20, 4)
                lasting = data[at : at + size]
                if lasting.count(b"\xff") == size:
                    return FOR_EVER
                return -(-int.from_bytes(lasting, "big") // int.from_bytes(segment, "big"))
    return FOR_EVER


def _bodies(data: Bytes, within: tuple[int, int], *path: bytes) -> Iterator[tuple[int, int]]:
    """Where the bodies of the boxes along a path of types begin and end."""
    at, end = within
    for _ in range(_MAX_BOXES):
        if at + 8 > end:
            return
        size, body = int.from_bytes(data[at : at + 4], "big"), at + 8
        if size == 1:
            size, body = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        stop = min(at + size, end) if size else end
        if stop < body:
            return
        if data[at + 4 : at + 8] == path[0]:
            if len(path) == 1:
                yield body, stop
            else:
                yield from _bodies(data, (body, stop), *path[1:])
        at = stop
