"""The work behind commands: bounded in number and in time, and finished when the bot stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

    Telling = Callable[[], Awaitable[None]]
    Work = Callable[[], Awaitable[Telling | None]]


EACH = 20
"""Things of one person that may wait or be worked on: nobody's rush is everybody's wait."""

WAIT_SECONDS = 600.0
"""How long one may wait: a platform forgets after a quarter of an hour whom to answer."""

LEAVING_SECONDS = 3.0
"""How long it may take to tell of what is given up."""


class Busy(Exception):
    """As many wait as may: who comes now is asked to try again."""


class Workload:
    """Works on a few things at once; others wait in their order.

    Args:
        slots: worked on at once.
        queue: that may wait.

    """

    def __init__(self, slots: int, queue: int) -> None:
        self._slots = asyncio.Semaphore(slots)
        self._most = slots + queue
        self._tasks: set[asyncio.Task[None]] = set()
        self._of: Counter[Hashable] = Counter()

    @property
    def room(self) -> int:
        """How many more may come."""
        return self._most - len(self._tasks)

    def start(self, who: Hashable, work: Work, left: Telling) -> None:
        """Do it when there is room; `left` tells of it where it has to be given up.

        What the work gives is done after it: telling of it, which may take long and is no work.

        Raises:
            Busy: there is no room to wait, or `who` has as much waiting as one may.
        """
        if self.room <= 0 or self._of[who] >= EACH:
            raise Busy
        self._of[who] += 1
        task = asyncio.ensure_future(self._run(work, left))
        self._tasks.add(task)
        task.add_done_callback(partial(self._done, who))

    def _done(self, who: Hashable, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._of[who] -= 1
        if not self._of[who]:
            del self._of[who]

    async def finish(self, seconds: float) -> None:
        """Wait until all is done, for so long at most; the rest is given up and told of."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=LEAVING_SECONDS)

    async def _run(self, work: Work, left: Telling) -> None:
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await self._slots.acquire()
        except (TimeoutError, asyncio.CancelledError):
            await left()
            return
        try:
            try:
                tell = await work()
            finally:
                self._slots.release()
            if tell:
                await tell()
        except asyncio.CancelledError:
            await left()  # the loop goes on until that is said
