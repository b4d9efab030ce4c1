"""Names for new things, from the system's random source."""

from __future__ import annotations

import re
import secrets
from hashlib import sha256

from core.model import MediaId

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Bitcoin's alphabet: no 0, O, I, l, which people mix up."""

ID_LENGTH = 10
MEDIA_ID = re.compile(f"[{BASE58}]{{{ID_LENGTH}}}")
_ROW = re.compile(r"[0-9]{1,18}")
"""What fits 64 bits, whatever its digits are."""

_SECRET_BYTES = 32


def new_media_id() -> MediaId:
    """Ten characters of base58: 58^10 = 4.3e17 of them."""
    return MediaId("".join(secrets.choice(BASE58) for _ in range(ID_LENGTH)))


def row_number(text: str) -> int | None:
    """A number of our own giving that somebody brings back; None: no text of ours.

    >>> row_number("17"), row_number("-1"), row_number("\u0664"), row_number("9" * 19)
    (17, None, None, None)
    """
    return int(text) if _ROW.fullmatch(text) else None


def new_secret() -> str:
    """A secret of 256 bits that fits a URL and a header."""
    return secrets.token_urlsafe(_SECRET_BYTES)


def hash_secret(secret: str) -> str:
    """SHA-256, hex: enough for a random secret, where a password would need argon2."""
    return sha256(secret.encode()).hexdigest()
