"""JPEG: segments are dropped by a keep-list, and everything after the picture's own end.

Sources: ITU-T T.81 annex B (markers), T.871 (JFIF), ICC.1 annex B.4, CIPA DC-007 (MPF). Bytes
that stand between segments are treated as libjpeg's `jdmarker.c` does (skipped), since it is
what browsers and Pillow decode with: what it skips is what may go.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from core.imaging.metadata import exif, xmp
from core.imaging.metadata.edits import MAX_PARTS, Draft, Edit, Source, broken

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOFn: not DHT, JPG, DAC
# DHT, DAC, DQT, DNL, DRI, DHP, EXP
_DECODING = _FRAMES | frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF})

_XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"
_ICC_PREFIX = b"ICC_PROFILE\0"
_LONGEST_PREFIX = len(_XMP_PREFIX)
_JFIF_LENGTH = 14  # up to and with the thumbnail's two dimensions
_ADOBE_LENGTH = 12

# Stuffed bytes (FF 00), restarts (FF D0-D7) and fill (FF FF) are no markers. In a scan, codes
# below C0 are damage that decoders resynchronise over; elsewhere they can't be walked.
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
_SCAN_END = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")


@dataclass(slots=True)
class _Found:
    """What the dropped segments held that is worth keeping, and where it will stand."""

    home: int = 2
    exif: list[bytes] = field(default_factory=list)
    exif_size: int = 0
    xmp: bytes = b""

    def look(self, body: bytes) -> None:
        """Take note of an APP1 segment's body."""
        if body[:5] == exif.PREFIX[:5]:
            # A block over 64 KiB goes on in further segments, each with the prefix again.
            if self.exif_size < exif.MAX_BLOCK:
                self.exif.append(body[len(exif.PREFIX) :])
                self.exif_size += len(body)
        elif not self.xmp and body.startswith(_XMP_PREFIX):
            self.xmp = body[len(_XMP_PREFIX) :]


def strip(file: Source, *, rights: bool) -> list[Edit]:
    """Edits that leave what decodes the picture, its profile, orientation and (asked) rights.

    Raises:
        UnsupportedImage: there is no way from the first marker to the picture's end.
    """
    if file[:2] != bytes((0xFF, _SOI)):
        raise broken("The file is not a JPEG.")
    draft = Draft()
    found = _Found()
    position = 2
    seen = set()
    for _ in range(MAX_PARTS):
        at, marker = _next(_MARKER, file, position)
        draft.drop(position, at)
        seen.add(marker)
        if marker == _EOI:
            if not (_SOS in seen and _FRAMES & seen):
                raise broken("The JPEG holds no picture.")
            draft.drop(at + 2, len(file))
            draft.insert(found.home, _segments(found, rights=rights))
            return draft.finish(file)
        end = _segment_end(file, at)
        if marker == _SOS:
            position, _marker = _next(_SCAN_END, file, end)
            continue
        if _APP0 <= marker <= _APP15 or marker == _COM:
            _sift(file, draft, found, at, end)
        elif marker not in _DECODING:
            raise broken("The JPEG is damaged: it has a marker of an unknown kind.")
        position = end
    raise broken("The JPEG has too many segments.")


def _sift(file: Source, draft: Draft, found: _Found, at: int, end: int) -> None:
    """Decide on the application segment or comment at [at, end)."""
    marker = file[at + 1]
    kept = _kept(file, at, end, marker)
    if kept != file[at:end]:
        draft.replace(at, end, kept)
    if marker == _APP1:
        found.look(file[at + 4 : end])
    elif marker == _APP0 and kept and at == found.home:
        # JFIF wants to be first, so what is inserted comes after it.
        found.home = end


def _next(pattern: re.Pattern[bytes], file: Source, position: int) -> tuple[int, int]:
    """Where the next marker's FF stands, and its code."""
    match = pattern.search(file, position)
    if match is None:
        raise broken("The JPEG is truncated: its end is missing.")
    at = match.start()
    return at, file[at + 1]


def _segment_end(file: Source, at: int) -> int:
    size = file[at + 2 : at + 4]
    if len(size) == 2:  # noqa: PLR2004 - the length field's own width
        (length,) = struct.unpack(">H", size)
        end: int = at + 2 + length
        if length >= 2 and end <= len(file):  # noqa: PLR2004 - it counts itself
            return end
    raise broken("The JPEG is truncated or damaged: a segment's length is wrong.")


def _kept(file: Source, at: int, end: int, marker: int) -> bytes:
    """What stays of an application segment or comment: all, its decoding part, or nothing."""
    start = file[at + 4 : min(end, at + 4 + _LONGEST_PREFIX)]
    if marker == _APP0 and start.startswith(b"JFIF\0") and end - at - 4 >= _JFIF_LENGTH:
        # It may carry a thumbnail: an older look of the picture. Its dimensions become 0.
        return _segment(_APP0, start[: _JFIF_LENGTH - 2] + bytes(2))
    if marker == _APP14 and start.startswith(b"Adobe") and end - at - 4 >= _ADOBE_LENGTH:
        return _segment(_APP14, start[:_ADOBE_LENGTH])
    if marker == _APP2 and start.startswith(_ICC_PREFIX):
        return file[at:end]
    return b""


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _segments(found: _Found, *, rights: bool) -> bytes:
    """The minimal segments that take the dropped ones' place."""
    tags = exif.read(b"".join(found.exif))
    block = exif.build(tags if rights else tags.without_rights())
    packet = xmp.build(xmp.read(found.xmp)) if rights and found.xmp else b""
    made = _segment(_APP1, exif.PREFIX + block) if block else b""
    return made + _segment(_APP1, _XMP_PREFIX + packet) if packet else made
