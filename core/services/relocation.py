"""Moving all blobs from one storage to another, while servers run."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from core.errors import BlobMissing, StorageFull, Unavailable
from core.model import Relocated
from core.services.blob_pair import Damaged

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime, timedelta

    from core.model import Blob, BlobId
    from core.ports import BlobRecords, Clock
    from core.services.blob_pair import BlobPair

AT_ONCE = 8
"""Blobs copied at a time: each holds one chunk in memory, and its file in the work folder."""

PAGE = 500
PASSES = 10
"""How often it looks again for what came meanwhile: servers that still write to the old storage
could keep it busy for ever."""

PAUSES = (1.0, 2.0, 4.0, 8.0)
"""Seconds between tries while database or storage are out of reach."""

ResultT = TypeVar("ResultT")

log = structlog.get_logger(__name__)


class Relocation:
    """One move: copies every living blob that the target lacks. To run it again goes on.

    What is deleted meanwhile does not stay: a blob that was doomed while it was copied is taken
    out of the target again, and the copy that a crash left behind is a stray to the sweeper.

    Args:
        reservation_life: how long an upload may take from its record to its stored bytes.
        verify: read again, whole, what the target has already.
        remove_source: remove from the source what was read back whole from the target.
        progress: told how far it is.

    """

    def __init__(
        self,
        records: BlobRecords,
        pair: BlobPair,
        clock: Clock,
        *,
        reservation_life: timedelta,
        verify: bool = False,
        remove_source: bool = False,
        progress: Callable[[Relocated], None] = lambda _: None,
    ) -> None:
        self._records = records
        self._pair = pair
        self._clock = clock
        self._reservation_life = reservation_life
        self._verify = verify
        self._remove_source = remove_source
        self._progress = progress
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._moved = Relocated()

    async def run(self) -> Relocated:
        """Move until a look at what came meanwhile finds nothing to copy.

        Raises:
            InvalidInput: source and target are one storage.
            StorageFull: the target, or the work folder, has no room.
            Unavailable: database or storage stay out of reach; what is copied is copied.
        """
        await self._pair.refuse_one_storage()
        blobs, size = await _patiently(self._records.count_stored)
        self._tell(blobs=blobs, size=size)
        since: datetime | None = None
        for _ in range(PASSES):
            began, copied = self._clock.now(), self._moved.copied
            async for page in self._pages(since):
                await self._move(page, first=since is None)
            if self._moved.copied == copied:
                break
            since = began - self._reservation_life
        return self._moved

    async def _pages(self, since: datetime | None) -> AsyncIterator[list[Blob]]:
        after: BlobId | None = None
        while page := await _patiently(partial(self._records.list_stored, after, PAGE, since)):
            yield page
            after = page[-1].id

    async def _move(self, page: list[Blob], *, first: bool) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for blob in page:
                    group.create_task(self._move_one(blob, first=first))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        await _patiently(partial(self._remove_dead, [blob.id for blob in page]))

    async def _move_one(self, blob: Blob, *, first: bool) -> None:
        moved = {"seen": int(first)}
        async with self._slots:
            try:
                if await _patiently(partial(self._pair.bring, blob, verify=self._verify)):
                    moved |= {"copied": 1, "copied_bytes": blob.size}
                if self._remove_source and await _patiently(partial(self._pair.release, blob)):
                    moved["removed"] = 1
            except BlobMissing:
                await self._lose(blob, "it is in neither storage")
            except Damaged:
                await self._lose(blob, "its bytes are not those that were uploaded")
        self._tell(**{name: getattr(self._moved, name) + more for name, more in moved.items()})

    async def _lose(self, blob: Blob, why: str) -> None:
        if not await _patiently(partial(self._records.dead_blobs, [blob.id])):
            self._tell(lost={**self._moved.lost, blob.id: why})

    async def _remove_dead(self, blob_ids: list[BlobId]) -> None:
        """Take out of the target again what was deleted while it was brought there."""
        dead = await self._records.dead_blobs(blob_ids)
        if dead:
            await self._pair.target.remove(dead)

    def _tell(self, **counts: Any) -> None:
        self._moved = replace(self._moved, **counts)
        self._progress(self._moved)


async def _patiently(work: Callable[[], Awaitable[ResultT]]) -> ResultT:
    """Try again for a while where something is out of reach: a long move outlives a restart."""
    for pause in PAUSES:
        try:
            return await work()
        except (BlobMissing, StorageFull):
            raise
        except Unavailable as err:
            log.warning("out of reach; trying again", seconds=pause, reason=err.reason)
        await asyncio.sleep(pause)
    return await work()
