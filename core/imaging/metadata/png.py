"""PNG and APNG: chunks are dropped by a keep-list, and everything after IEND.

Source: PNG specification, third edition (W3C), sections 5 and 11; ExifTool and ImageMagick for
the "Raw profile type" text chunks.
"""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

from core.imaging.metadata import exif, xmp
from core.imaging.metadata.edits import MAX_PARTS, Draft, Edit, Source, broken

SIGNATURE = b"\x89PNG\r\n\x1a\n"

_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
# What changes how pixels look, mDCv and cLLi being the last draft's spelling; and animation.
_KEPT = _CRITICAL | frozenset(
    b"gAMA cHRM sRGB iCCP cICP mDCV mDCv cLLI cLLi sBIT bKGD pHYs tRNS hIST sPLT "
    b"acTL fcTL fdAT".split()
)
_MAX_LENGTH = (1 << 31) - 1
_MAX_KEYWORD = 79
_XMP_KEYWORD = b"XML:com.adobe.xmp"
_RAW = b"Raw profile type "
_MAX_TEXT = max(xmp.MAX_PACKET, 2 * exif.MAX_BLOCK) + (64 << 10)  # hexadecimal and a header
_NAME = re.compile(rb"[A-Za-z]{4}")


@dataclass(slots=True)
class _Found:
    """What the dropped chunks held that is worth keeping; the first of a kind counts.

    That only the first is unpacked bounds the work, however many compressed chunks there are.
    """

    exif: bytes | None = None
    raw_exif: bytes | None = None
    xmp: bytes | None = None
    raw_xmp: bytes | None = None

    def look(self, name: bytes, file: Source, start: int, end: int) -> None:
        """Take note of a dropped chunk's data, [start, end) of the file."""
        if name == b"eXIf" and self.exif is None:
            self.exif = file[start : min(end, start + exif.MAX_BLOCK)]
            return
        if name not in (b"tEXt", b"zTXt", b"iTXt"):
            return
        keyword = file[start : min(end, start + _MAX_KEYWORD + 1)].split(b"\0")[0]
        body = start + len(keyword) + 1
        if keyword == _XMP_KEYWORD and name == b"iTXt" and self.xmp is None:
            self.xmp = _text(name, file, body, end)
        elif keyword in (_RAW + b"exif", _RAW + b"APP1") and self.raw_exif is None:
            self.raw_exif = _raw_profile(_text(name, file, body, end))
        elif keyword == _RAW + b"xmp" and self.raw_xmp is None:
            self.raw_xmp = _raw_profile(_text(name, file, body, end))


def strip(file: Source, *, rights: bool) -> list[Edit]:
    """Edits that leave what decodes the picture, its colour, orientation and (asked) rights.

    Raises:
        UnsupportedImage: there is no way from the signature to the end chunk.
    """
    if file[: len(SIGNATURE)] != SIGNATURE:
        raise broken("The file is not a PNG.")
    draft = Draft()
    found = _Found()
    home = 0
    data_seen = False
    position = len(SIGNATURE)
    for _ in range(MAX_PARTS):
        name, end = _chunk(file, position)
        if not home:
            if name != b"IHDR":
                raise broken("The PNG is damaged: it does not begin with its header.")
            home = end
        elif name == b"IHDR":  # browsers do not show such a file
            raise broken("The PNG is damaged: it has two headers.")
        data_seen = data_seen or name == b"IDAT"
        if name == b"IEND":
            if not data_seen:
                raise broken("The PNG holds no picture.")
            draft.drop(end, len(file))
            draft.insert(home, _chunks(found, rights=rights))
            return draft.finish(file)
        if name not in _KEPT:
            if name[:1].isupper():
                raise broken("The PNG has a critical chunk of an unknown kind.")
            found.look(name, file, position + 8, end - 4)
            draft.drop(position, end)
        position = end
    raise broken("The PNG has too many chunks.")


def _chunk(file: Source, position: int) -> tuple[bytes, int]:
    """A chunk's name, and where it ends."""
    head = file[position : position + 8]
    if len(head) == 8:  # noqa: PLR2004 - the head's own width
        length, name = struct.unpack(">I4s", head)
        end = position + 12 + length
        if length <= _MAX_LENGTH and end <= len(file) and _NAME.fullmatch(name):
            return name, end
    raise broken("The PNG is truncated or damaged.")


def _text(name: bytes, file: Source, start: int, end: int) -> bytes:
    """What a text chunk says, [start, end) being what follows its keyword; `b""` if broken."""
    data = file[start : min(end, start + _MAX_TEXT)]
    packed = name == b"zTXt"
    if name == b"tEXt":
        return data
    if packed:
        data = data[1:]
    else:
        packed = data[:1] == b"\1"
        _language, _, rest = data[2:].partition(b"\0")
        _translated, _, data = rest.partition(b"\0")
    if not packed:
        return data
    try:
        return zlib.decompressobj().decompress(data, _MAX_TEXT)
    except zlib.error:
        return b""


def _raw_profile(text: bytes) -> bytes:
    """The bytes of ImageMagick's form: name, length, hexadecimal; `b""` if it is not of it."""
    words = text.rstrip(b"\0").split(None, 2)
    try:
        return bytes.fromhex(words[2].decode("ascii"))
    except (IndexError, ValueError):
        return b""


def _chunks(found: _Found, *, rights: bool) -> bytes:
    """The minimal chunks that take the dropped ones' place."""
    tags = exif.read(found.exif if found.exif is not None else found.raw_exif or b"")
    made = b""
    if block := exif.build(tags if rights else tags.without_rights()):
        made = _made(b"eXIf", block)
    packet = found.xmp if found.xmp is not None else found.raw_xmp
    if rights and packet and (text := xmp.build(xmp.read(packet))):
        made += _made(b"iTXt", _XMP_KEYWORD + bytes(5) + text)
    return made


def _made(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
