"""The work behind commands: bounded in number and in time, and finished when the bot stops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Work = Callable[[], Awaitable[None]]


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

    def start(self, work: Work) -> None:
        """Do it when there is room.

        Raises:
            Busy: there is no room to wait, either.
        """
        if len(self._tasks) >= self._most:
            raise Busy
        task = asyncio.ensure_future(self._run(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self, seconds: float) -> None:
        """Wait until all is done, for so long at most."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()

    async def _run(self, work: Work) -> None:
        async with self._slots:
            await work()
