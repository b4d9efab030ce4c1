"""Passwords of albums: kept as argon2 hashes, guessed slowly and rarely."""

from __future__ import annotations

import hmac
import secrets
from collections import OrderedDict
from typing import TYPE_CHECKING

from core.errors import RateLimited

if TYPE_CHECKING:
    from core.albums import Album
    from core.model import Caller, Unset
    from core.ports import RateLimiter
    from core.services.passwords import Passwords

GUESSES = "10/minute;60/hour"
"""Wrong or new passwords of one address, or key, at one album."""

GUESSES_OF_ALL = "300/hour"
"""Likewise of everybody together."""

_REMEMBERED = 1_000


class AlbumLocks:
    """Judges passwords. A right one is remembered in memory, so that paging costs it once."""

    def __init__(self, passwords: Passwords, limiter: RateLimiter) -> None:
        self._passwords = passwords
        self._limiter = limiter
        self._secret = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()

    async def hashed(self, password: str | Unset | None) -> str | Unset | None:
        """What is kept of a password."""
        return await self._passwords.hash(password) if isinstance(password, str) else password

    async def opens(self, album: Album, password: str, caller: Caller) -> bool:
        """Whether this is the album's password.

        Raises:
            RateLimited: too many were tried.
        """
        assert album.password_hash
        mark = self._mark(album.password_hash, password)
        if mark in self._right:
            self._right.move_to_end(mark)
            return True
        for rate, subject in (
            (GUESSES, f"album:{album.id}:{caller.subject}"),
            (GUESSES_OF_ALL, f"album:{album.id}"),
        ):
            verdict = await self._limiter.hit(rate, subject)
            if not verdict.allowed:
                raise RateLimited(
                    "Too many passwords were tried at this album.", seconds=verdict.retry_after
                )
        if not await self._passwords.verify(password, album.password_hash):
            return False
        self._right[mark] = None
        while len(self._right) > _REMEMBERED:
            self._right.popitem(last=False)
        return True

    def _mark(self, password_hash: str, password: str) -> bytes:
        """Stands for a password; nobody without this process's memory can make anything of it."""
        said = f"{password_hash}\n{password}".encode(errors="surrogateescape")
        return hmac.digest(self._secret, said, "sha256")
