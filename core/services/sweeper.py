"""Removing what is over: expired images, dead reservations, bytes that nothing names."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from core.errors import CoreError
from core.model import Swept

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime
    from pathlib import Path

    from core.ports import BlobStore, Clock, Undertaker

BATCH = 500
"""Rows a commit: some 30 ms of the write lock, so that no request waits long for it."""

REST = 0.1
"""How long it rests after a batch, in times that the batch took."""

STRAYS_EVERY = timedelta(hours=1)
"""How often a running server walks its storage for bytes that no record names."""

log = structlog.get_logger(__name__)


class Sweeper:
    """Works in small steps, each complete in itself: it may die anywhere and be run again."""

    def __init__(
        self,
        undertaker: Undertaker,
        blobs: BlobStore,
        clock: Clock,
        work_folder: Path,
        *,
        reservation_life: timedelta,
        orphan_grace: timedelta,
    ) -> None:
        """Take how long a reservation may be unpublished, and bytes be without a name."""
        self._undertaker = undertaker
        self._blobs = blobs
        self._clock = clock
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
        sweep = _Sweep(self._undertaker, self._blobs, now, progress)
        dead = now - self._reservation_life
        for step in (sweep.bury, partial(sweep.clear, dead), sweep.judge, sweep.remove):
            await _until_done(step)
        if strays:
            forgotten = now - self._orphan_grace
            await sweep.remove_strays(forgotten)
            await asyncio.to_thread(self._clear_work, forgotten.timestamp())
        return sweep.swept

    async def run(self, interval: float) -> None:
        """Sweep every `interval` seconds until cancelled; failures are logged and retried."""
        strays_at = self._clock.now() + STRAYS_EVERY
        while True:
            strays = self._clock.now() >= strays_at
            try:
                swept = await self.sweep(strays=strays)
            except CoreError as err:
                log.warning("sweep put off", reason=err.public)
            except Exception:
                log.exception("sweep failed")
            else:
                if strays:
                    strays_at = self._clock.now() + STRAYS_EVERY
                if swept != Swept():
                    log.info("swept", expired=swept.expired, blobs=swept.blobs)
            await asyncio.sleep(interval)

    def _clear_work(self, before: float) -> None:
        """Remove request folders that a crash left behind."""
        if self._work_folder.is_dir():
            for folder in self._work_folder.iterdir():
                with suppress(FileNotFoundError):  # its request ended just now
                    if folder.stat().st_mtime < before:
                        shutil.rmtree(folder, ignore_errors=True)


class _Sweep:
    """One sweep: its steps, each of which gives how many it has dealt with, and their count."""

    def __init__(
        self,
        undertaker: Undertaker,
        blobs: BlobStore,
        now: datetime,
        progress: Callable[[Swept], None],
    ) -> None:
        self.swept = Swept()
        self._undertaker = undertaker
        self._blobs = blobs
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
        """Doomed blobs go: first the bytes, then the record."""
        doomed = await self._undertaker.doomed_blobs(BATCH)
        if doomed:
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
