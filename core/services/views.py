"""How often images were looked at: counted in memory, written every few seconds."""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from core.model import Media, MediaId
    from core.ports import Clock
    from core.ports_views import ViewBook, Visits

ONCE_IN = timedelta(hours=1)
"""For how long a visitor's further looks at an image are the same view."""

WRITE_EVERY = 3.0
"""Seconds between two writes: what a killed process loses, and the database one commit."""

AGAIN_MOST = 60.0
"""Seconds between two tries, at most, while the database is away."""

BATCH = 1_000
"""Images a commit."""

VISITS_MAX = 100_000
"""Visits that are remembered, at some 150 bytes; beyond, the oldest may count again too soon."""

NEW_MAX = 50_000
"""Views that wait to be told apart over all processes; more are not counted."""

WAITING_MAX = 100_000
"""Images whose views wait for the database; those of further ones are not counted."""

_HASH_BYTES = 16

log = structlog.get_logger(__name__)


class _Visitors:
    """Who looked at what within the hour, in two halves: the older one is dropped as a whole."""

    def __init__(self) -> None:
        # By a hash that differs in each process, so that nobody can find two that are the same.
        self._new: dict[int, datetime] = {}
        self._old: dict[int, datetime] = {}
        self._since: datetime | None = None

    def note(self, media_id: MediaId, address: str, now: datetime) -> bool:
        """Note a visit; says whether it is the first within the hour."""
        visit = hash((media_id, address))
        last = self._new.get(visit) or self._old.get(visit)
        if last is not None and now - last < ONCE_IN:
            return False
        if self._since is None or now - self._since >= ONCE_IN or self._is_full():
            self._old, self._new, self._since = self._new, {}, now
        self._new[visit] = now
        return True

    def _is_full(self) -> bool:
        return len(self._new) >= VISITS_MAX // 2


class Views:
    """Counts looks at images: one of each visitor's address in an hour.

    Addresses never leave the memory: where processes share what they have seen, they tell each
    other a hash with a secret.
    """

    def __init__(
        self, book: ViewBook, visits: Visits | None, clock: Clock, secrets: Sequence[str]
    ) -> None:
        """`visits` None: this process counts for itself. `secrets` newest first."""
        self._book = book
        self._visits = visits
        self._clock = clock
        self._secret = secrets[0].encode()
        self._visitors = _Visitors()
        self._new: list[tuple[MediaId, str, datetime]] = []
        self._waiting: Counter[MediaId] = Counter()
        self._writing: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def note(self, media: Media, address: str, *, counts: bool = True) -> None:
        """Note that somebody at an address (IPv6: its /64) looks at an image; it waits for nothing.

        `counts` False: it is no view, nor is what the same address looks at within the hour:
        an owner's browser asks for the page with their session, but for the picture without.
        """
        now = self._clock.now()
        first = self._visitors.note(media.id, address, now)
        if first and counts and len(self._new) < NEW_MAX:
            self._new.append((media.id, address, now))
            if self._writing is None:
                self._writing = asyncio.create_task(self._write_in_time())

    async def of(self, media_ids: Collection[MediaId]) -> dict[MediaId, int]:
        """How often each of these images was looked at, but for the last seconds.

        Raises:
            Unavailable: the database is out of reach.
        """
        found = await self._book.read(media_ids) if media_ids else {}
        return {one: found.get(one, 0) for one in media_ids}

    async def close(self) -> None:
        """Write what there is; what can't be written now is lost, and logged."""
        self._closing.set()
        if self._writing is not None:
            await self._writing
        await self._try()
        if self._waiting:
            log.error("views could not be written before the end", count=self._waiting.total())

    async def _write_in_time(self) -> None:
        wait = WRITE_EVERY
        try:
            while (self._new or self._waiting) and not self._closing.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), wait)
                    return  # `close` writes the rest
                wait = WRITE_EVERY if await self._try() else min(wait * 2, AGAIN_MOST)
        finally:
            self._writing = None

    async def _try(self) -> bool:
        """Write; says whether that succeeded."""
        try:
            await self._write()
        except Unavailable:
            return False
        except Exception:
            log.exception("views could not be written")
            return False
        return True

    async def _write(self) -> None:
        """Write views, a batch a commit.

        Where it is not known whether a commit came through, its views may count twice.

        Raises:
            Unavailable: the database is out of reach; what was not written waits.
        """
        await self._tell_apart()
        while self._waiting:
            batch = dict(self._waiting.most_common(BATCH))
            await self._book.add(batch)
            for media_id in batch:
                del self._waiting[media_id]

    async def _tell_apart(self) -> None:
        """Have those wait for the database whom no other process has counted."""
        new, self._new = self._new, []
        firsts = [True] * len(new)
        if self._visits and new:
            hashed = [(self._hash(media_id, address), time) for media_id, address, time in new]
            with suppress(Unavailable):
                firsts = await self._visits.note(hashed, ONCE_IN)
        for (media_id, *_), first in zip(new, firsts, strict=True):
            if first and (media_id in self._waiting or len(self._waiting) < WAITING_MAX):
                self._waiting[media_id] += 1

    def _hash(self, media_id: MediaId, address: str) -> str:
        told = f"view {media_id} {address}".encode()
        return hmac.digest(self._secret, told, "sha256")[:_HASH_BYTES].hex()
