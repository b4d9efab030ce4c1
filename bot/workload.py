"""The work behind commands: bounded in number and in time, and finished when the bot stops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Work = Callable[[], Awaitable[None]]


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

    def start(self, work: Work, left: Work) -> None:
        """Do it when there is room; `left` tells of it where it has to be given up.

        Raises:
            Busy: there is no room to wait, either.
        """
        if len(self._tasks) >= self._most:
            raise Busy
        task = asyncio.ensure_future(self._run(work, left))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, seconds: float) -> None:
        """Wait until all is done, for so long at most; the rest is given up and told of."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=LEAVING_SECONDS)

    async def _run(self, work: Work, left: Work) -> None:
        try:
            async with self._slots:
                await work()
        except asyncio.CancelledError:
            await left()  # the loop goes on until that is said
