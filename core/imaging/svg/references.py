"""Addresses: `#fragment` of the same file, or a picture embedded as base64. Nothing else."""

from __future__ import annotations

import base64
import binascii
import re

from core.errors import InvalidInput
from core.imaging.declared import refusal
from core.imaging.formats import SNIFF_BYTES, sniff

MAX_EMBEDDED_PIXELS = 48_000_000
"""Of one embedded picture, all frames; declared by its header, nothing is decoded."""
MAX_EMBEDDED_TOTAL = 100_000_000
"""Pixels of all embedded pictures of a file."""
MAX_SCANS = 100
_KINDS = frozenset({"png", "jpeg", "gif", "webp"})
_BLANKS = " \t\n\r\f"
_FRAGMENT = re.compile(r"#[^\x00-\x1f\x7f]+")
_DATA = re.compile(r"data:image/(?:png|jpe?g|gif|webp)(?:;charset=[\w-]+)?;base64,", re.IGNORECASE)
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_SPACE = re.compile(r"\s+")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")


def fragment(address: str) -> str | None:
    """`#id` without blanks around it, or None when the address leads elsewhere.

    >>> fragment(" #a "), fragment("b.svg#a")
    ('#a', None)
    """
    address = address.strip(_BLANKS)
    return address if _FRAGMENT.fullmatch(address) else None


class Embedded:
    """Judges a file's embedded pictures, and counts them."""

    def __init__(self) -> None:
        self._pixels = 0

    def data_url(self, address: str) -> str | None:
        """Write a picture's data URL anew, its type by its content; None when it is none.

        Raises:
            UnsupportedImage: the pictures declare more pixels than are allowed.

        """
        address = address.strip(_BLANKS)
        head = _DATA.match(address)
        if head is None:
            return None
        letters = _PERCENT.sub(lambda found: chr(int(found[1], 16)), address[head.end() :])
        letters = _SPACE.sub("", letters)
        letters = letters.rstrip("=")
        if _NOT_BASE64.search(letters):
            return None
        try:
            data = base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
        except binascii.Error:
            return None
        kind = self._kind(data)
        return kind and f"data:image/{kind};base64,{base64.b64encode(data).decode()}"

    def _kind(self, data: bytes) -> str | None:
        row = sniff(data[:SNIFF_BYTES])
        if row is None or row.name not in _KINDS or row.declare is None:
            return None
        try:
            declared = row.declare(data)
        except InvalidInput:
            return None
        pixels = max(declared.total, declared.width * declared.height)
        self._pixels += pixels
        if pixels > MAX_EMBEDDED_PIXELS or self._pixels > MAX_EMBEDDED_TOTAL:
            raise refusal("The SVG embeds too large a picture.")
        if declared.scans > MAX_SCANS:
            raise refusal("The SVG embeds a JPEG of too many scans.")
        return row.name
