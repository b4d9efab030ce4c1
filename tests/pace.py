"""Time in which this process could have worked: what a busy machine gave to others does not count."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TICK = 0.05


class Pace:
    """A clock for the event loop in whose thread it is looked at.

    Waiting counts, and so does working. But where more time has passed since the last look than
    the clock's own ticks and the work of the thread account for, the process was held up.
    """

    def __init__(self) -> None:
        self._counted = 0.0
        self._looked, self._worked = time.monotonic(), time.thread_time()

    def now(self) -> float:
        """Seconds since it was made."""
        passed, worked = time.monotonic() - self._looked, time.thread_time() - self._worked
        self._looked += passed
        self._worked += worked
        self._counted += min(passed, max(worked, 2 * TICK))
        return self._counted

    @asynccontextmanager
    async def ticking(self) -> AsyncIterator[None]:
        """Tick for the length of a block."""

        async def tick() -> None:
            while True:
                await asyncio.sleep(TICK)
                self.now()

        task = asyncio.create_task(tick())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
