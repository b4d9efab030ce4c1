"""Removing what is over: expired images, dead reservations, bytes that nothing names, old news."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from core.errors import CoreError
from core.model import Swept
from core.services.inbox import REMEMBERED

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from core.ports import BlobStore, Clock, SingleFlight, Undertaker
    from core.ports_bytes import RenditionStore

BATCH = 500
"""Rows a commit: some 30 ms of the write lock, so that no request waits long for it."""

REST = 0.1
"""How long it rests after a batch, in times that the batch took."""

STRAYS_EVERY = timedelta(hours=1)
"""How often the storage is walked for bytes that no record names; one process does it for all."""

WALK_LEASE = 60.0
"""Seconds after which another may walk instead of a process that died while it did."""

log = structlog.get_logger(__name__)


class Sweeper:
    """Works in small steps, each complete in itself: it may die anywhere and be run again."""

    def __init__(
        self,
        undertaker: Undertaker,
        blobs: BlobStore,
        renditions: RenditionStore,
        clock: Clock,
        flights: SingleFlight,
        work_folder: Path,
        *,
        reservation_life: timedelta,
        orphan_grace: timedelta,
    ) -> None:
        """Take how long a reservation may be unpublished, and bytes be without a name."""
        self._undertaker = undertaker
        self._blobs = blobs
        self._renditions = renditions
        self._clock = clock
        self._flights = flights
        self._work_folder = work_folder
        self._reservation_life = reservation_life
        self._orphan_grace = orphan_grace

    async def sweep(
        self, *, strays: bool = True, progress: Callable[[Swept], None] = lambda _: None
    ) -> Swept:
        """Remove all that is over by now; `strays` walks the whole storage, too.

        Raises:
            Unavailable: database or storage went away; what was done until then is done.
        """
        now = self._clock.now()
        sweep = self._begun(now, progress)
        dead = now - self._reservation_life
        forgotten = partial(self._undertaker.forget_told, now - REMEMBERED, BATCH)
        for step in (sweep.bury, partial(sweep.clear, dead), sweep.judge, sweep.remove, forgotten):
            await _until_done(step)
        await self._renditions.trim()
        if strays:
            await sweep.remove_strays(self._forgotten())
            await self._clear_own()
        return sweep.swept

    async def run(self, interval: float) -> None:
        """Sweep every `interval` seconds until cancelled; failures are logged and retried.

        Walks for strays go on beside the sweeps, as expired images must not wait for them.
        """
        async with asyncio.TaskGroup() as beside:
            beside.create_task(self._keep_sweeping(interval))
            beside.create_task(self._keep_walking(interval))

    async def _keep_sweeping(self, interval: float) -> None:
        while True:
            with _failures_logged("sweep"):
                swept = await self.sweep(strays=False)
                if swept != Swept():
                    log.info("swept", expired=swept.expired, blobs=swept.blobs)
            await asyncio.sleep(interval)

    async def _keep_walking(self, interval: float) -> None:
        walk_at = self._clock.now() + STRAYS_EVERY
        while True:
            await asyncio.sleep(interval)
            if self._clock.now() >= walk_at:
                with _failures_logged("walk for strays"):
                    await self._clear_own()
                    await self._walk()
                    walk_at = self._clock.now() + STRAYS_EVERY

    async def _walk(self) -> None:
        """Remove strays, unless another process has just done it."""
        every = STRAYS_EVERY.total_seconds()
        async with self._flights.turn("strays", WALK_LEASE, lasts=every) as due:
            if due:
                walk = self._begun(self._clock.now(), lambda _: None)
                await walk.remove_strays(self._forgotten())
                log.info("storage walked for strays", strays=walk.swept.strays)

    def _forgotten(self) -> datetime:
        return self._clock.now() - self._orphan_grace

    async def _clear_own(self) -> None:
        """Remove what this machine alone has: folders of requests that a crash has ended.

        And renditions of blobs that another machine has removed.
        """
        await asyncio.to_thread(_clear, self._work_folder, self._forgotten().timestamp())
        async for found in self._renditions.list_blobs():
            unknown = await self._undertaker.unknown_blobs(found)
            if unknown:
                await self._renditions.remove(unknown)

    def _begun(self, now: datetime, progress: Callable[[Swept], None]) -> _Sweep:
        return _Sweep(self._undertaker, self._blobs, self._renditions, now, progress)


def _clear(folder: Path, before: float) -> None:
    if folder.is_dir():
        for left in folder.iterdir():
            with suppress(FileNotFoundError):  # its request ended just now
                if left.stat().st_mtime < before:
                    shutil.rmtree(left, ignore_errors=True)


@contextmanager
def _failures_logged(work: str) -> Iterator[None]:
    try:
        yield
    except CoreError as err:
        log.warning("%s put off", work, reason=err.public)
    except Exception:
        log.exception("%s failed", work)


class _Sweep:
    """One sweep: its steps, each of which gives how many it has dealt with, and their count."""

    def __init__(
        self,
        undertaker: Undertaker,
        blobs: BlobStore,
        renditions: RenditionStore,
        now: datetime,
        progress: Callable[[Swept], None],
    ) -> None:
        self.swept = Swept()
        self._undertaker = undertaker
        self._blobs = blobs
        self._renditions = renditions
        self._now = now
        self._progress = progress

    async def bury(self) -> int:
        """Expired images become tombstones."""
        count = await self._undertaker.bury_expired(self._now, BATCH)
        self._tell(expired=self.swept.expired + count)
        return count

    async def clear(self, before: datetime) -> int:
        """Reservations of processes that died are undone."""
        count = await self._undertaker.clear_abandoned(before, self._now, BATCH)
        self._tell(abandoned=self.swept.abandoned + count)
        return count

    async def judge(self) -> int:
        """Blobs that an image has let go of are doomed if no other holds them."""
        return await self._undertaker.doom_blobs(self._now, BATCH)

    async def remove(self) -> int:
        """Doomed blobs go: first the bytes and all that was made of them, then the record."""
        doomed = await self._undertaker.doomed_blobs(BATCH)
        if doomed:
            await self._renditions.remove(doomed)
            await self._blobs.remove(doomed)
            await self._undertaker.forget_blobs(doomed)
        self._tell(blobs=self.swept.blobs + len(doomed))
        return len(doomed)

    async def remove_strays(self, before: datetime) -> None:
        """Stored bytes that no record names go, a portion at a time."""
        async for found in self._blobs.list_older(before):
            unknown = await self._undertaker.unknown_blobs(found)
            if unknown:
                await self._blobs.remove(unknown)
            self._tell(strays=self.swept.strays + len(unknown))

    def _tell(self, **counts: int) -> None:
        self.swept = replace(self.swept, **counts)
        self._progress(self.swept)


async def _until_done(step: Callable[[], Awaitable[int]]) -> None:
    """Repeat while full batches come, resting in between: requests come first.

    Those that write have their turn anyway, as they queue in the order they came.
    """
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        if await step() < BATCH:
            return
        await asyncio.sleep((loop.time() - began) * REST)
