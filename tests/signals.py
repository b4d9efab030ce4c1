"""Waiting for something to become true, without polling."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Signal:
    """Wakes whoever waits each time that something changed."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future] = []

    def fire(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def until(self, holds: Callable[[], object], seconds: float) -> bool:
        """Wait until `holds()` is true, at most so long; gives whether it is."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not holds():
            left = deadline - loop.time()
            if left <= 0:
                return False
            future = loop.create_future()
            self._waiting.append(future)
            await asyncio.wait([future], timeout=left)
        return True
