"""Single flight within this process."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class MemoryFlights:
    """A lock a key, in the order of asking; it lives as long as somebody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._done: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, key: str, lease: float, *, lasts: float = 0) -> AsyncIterator[bool]:
        del lease  # who holds a lock in memory dies with it
        lock = self._locks.setdefault(key, asyncio.Lock())
        async with lock:
            due = not lasts or self._done.get(key, 0) <= time.monotonic()
            yield due
            if due and lasts:
                self._note(key, time.monotonic() + lasts)

    def _note(self, key: str, until: float) -> None:
        now = time.monotonic()
        self._done = {other: end for other, end in self._done.items() if end > now} | {key: until}
