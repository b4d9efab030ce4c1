"""Passwords: what they must be, and their argon2 hashes."""

from __future__ import annotations

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from argon2 import PasswordHasher

PASSWORD_MIN = 10
PASSWORD_MAX = 1_000
_FEWEST_DIFFERENT = 4

MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
"""Argon2id as OWASP's cheat sheet has it for servers that do other things, too."""

AT_ONCE = 2
"""Hashes computed at once, in threads: each takes a core for some 30 ms, and 19 MiB."""

WAITING_MAX = 50
"""Hashes that may wait for a thread: about a second of them."""

ResultT = TypeVar("ResultT")


def check_password(password: str, email: str) -> str:
    """Accept a new password: long enough, and no mere repetition or address.

    Raises:
        ValueError: says what it must be.
    """
    if len(password) < PASSWORD_MIN:
        raise ValueError(
            f"A password needs {PASSWORD_MIN} characters or more; four words are best."
        )
    if len(password) > PASSWORD_MAX:
        raise ValueError(f"A password may have {PASSWORD_MAX:,} characters at most.")
    known = email.casefold()
    if password.casefold() in {known, known.partition("@")[0]}:
        raise ValueError("A password must not be the address itself.")
    if len(set(password)) < _FEWEST_DIFFERENT:
        raise ValueError("A password needs more different characters than that.")
    return password


class Passwords:
    """Hashes and checks passwords off the event loop, a few at once."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, "argon2")
        self._pending = 0
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """What is kept of a password.

        Raises:
            Unavailable: too many wait.
        """
        return await self._in_thread(lambda: _hasher().hash(_bytes(password)))

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether a password is the one behind a hash; None takes as long, and is no.

        Raises:
            Unavailable: too many wait.
        """
        if len(password) > PASSWORD_MAX:
            return False  # nobody's; it is not worth the work
        return await self._in_thread(lambda: self._verify(password, hashed))

    def outdated(self, hashed: str) -> bool:
        """Whether a hash was made with other parameters than today's."""
        return _hasher().check_needs_rehash(hashed)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password: str, hashed: str | None) -> bool:
        from argon2.exceptions import InvalidHashError, VerificationError

        if self._nobodys is None:
            self._nobodys = _hasher().hash(b"nobody's")
        try:
            right = _hasher().verify(hashed or self._nobodys, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return right and hashed is not None

    async def _in_thread(self, work: Callable[[], ResultT]) -> ResultT:
        if self._pending >= AT_ONCE + WAITING_MAX:
            raise Unavailable("Too many people sign in right now.", seconds=5)
        self._pending += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._pending -= 1


def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


def _bytes(password: str) -> bytes:
    """The same bytes for the same characters, on whatever keyboard they were typed."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
