"""What platforms tell bots: kept until it is answered, whoever dies meanwhile."""

from __future__ import annotations

import asyncio
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from core.chats import Lease
from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from core.chats import Told
    from core.ports import Clock
    from core.ports_chats import Inbox as Store

QUIET = timedelta(seconds=1.2)
"""After the last piece of a bundle, it is taken for complete: no platform says how many come."""

CAP = timedelta(seconds=8)
"""After the first piece of a bundle, it is taken for complete even while more come."""

LEASE = timedelta(seconds=60)
"""For how long something is a process's that neither renews that nor is done with it: it died."""

RENEW = timedelta(seconds=20)
"""How often a process has to renew what is its own: two times may fail."""

MOST = 3
"""Times that something is given out, at most: what was never done with may be what kills."""

REMEMBERED = timedelta(hours=48)
"""How long an id is known: platforms tell again within a day."""

log = structlog.get_logger(__name__)


class Inbox:
    """Things to answer, of which each process has some for its own.

    A process that can't tell whether it was given something, as the database went away just then,
    does not renew it: so it is given again.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._owner = secrets.token_hex(8)
        self._ours: set[str] = set()
        self._answered: set[str] = set()
        self._noting = asyncio.Lock()

    async def put(self, told: Sequence[Told]) -> list[Told]:
        """Keep what was told; it is safe when this returns.

        Gives, in their order, those that are new and whole: they are ours. What is in a bundle is
        taken with it once that is complete.

        Raises:
            Unavailable: the database is out of reach; have it told again.
        """
        if not told:
            return []
        alone = {one.id: one for one in told if one.bundle is None}
        new = set(await self._store.put(told, self._lease(), QUIET, CAP))
        ours = [one for one in alone.values() if one.id in new]
        self._ours.update(one.id for one in ours)
        return ours

    async def take(self, prefix: str, limit: int) -> list[list[Told]]:
        """Make ours what is due, of the ids that begin so: `limit` things at most.

        Each is a bundle, whole and in the order of ids, or one thing whose process died or gave it
        up. What was given out too often is given up.

        Raises:
            Unavailable: the database is out of reach.
        """
        due_at = await self.next_due(prefix)  # to look costs nobody's turn to write
        if limit <= 0 or due_at is None or due_at > self._clock.now():
            return []
        taken = await self._store.take(prefix, limit, self._held(), self._lease(), MOST)
        self._ours.update(one.id for bundle in taken.told for one in bundle)
        if taken.given_up:
            log.error("given up: it was never answered", times=MOST, told=taken.given_up)
        return taken.told

    async def next_due(self, prefix: str) -> datetime | None:
        """When there will be something to take; None: nothing, as things are now.

        Other processes' things count, too, at the end of their leases: so look again then.

        Raises:
            Unavailable: the database is out of reach.
        """
        return await self._store.next_due(prefix, self._held())

    async def done(self, ids: Collection[str]) -> None:
        """They are answered: of them no more than their ids is kept.

        While the database is out of reach that is kept in mind, and noted when it is asked for
        the next time.
        """
        self._ours.difference_update(ids)
        self._answered.update(ids)
        await self._note_answered()

    async def release(self, ids: Collection[str], *, tried: bool = False) -> None:
        """They are left unanswered: whoever comes may have them at once, this process, too.

        What was `tried` counts as given out. While the database is out of reach, they are free when
        our lease is over.
        """
        self._ours.difference_update(ids)
        if ids:
            try:
                await self._store.release(ids, self._owner, self._clock.now(), tried=tried)
            except Unavailable as err:
                log.warning("not released, which time will do", reason=err.public)

    async def renew(self) -> None:
        """Say that we live, and keep what is ours; to be called every `RENEW`."""
        await self._note_answered()
        ours = set(self._ours)
        if ours:
            try:
                await self._store.renew(ours, self._lease())
            except Unavailable as err:
                log.warning("leases not renewed", reason=err.public)

    async def _note_answered(self) -> None:
        async with self._noting:  # what is answered meanwhile, the next one notes all at once
            answered = set(self._answered)
            if answered:
                try:
                    await self._store.done(answered)
                except Unavailable as err:
                    log.warning("answers not noted yet", count=len(answered), reason=err.public)
                else:
                    self._answered -= answered

    def _held(self) -> set[str]:
        return self._ours | self._answered

    def _lease(self) -> Lease:
        now = self._clock.now()
        return Lease(self._owner, now, now + LEASE)
