"""How many fetches run at once, how long each may take, and the end of all."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class FetchSlots:
    """Room for `most` fetches at once, each of `seconds` at most."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._running: set[asyncio.Timeout] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._closed = False

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Fetch meanwhile.

        Raises:
            Unavailable: there is no room, or all is being closed.
            TimeoutError: it took too long.
        """
        if self._closed:
            raise _stopping()
        if len(self._running) >= self._most:
            raise Unavailable("Too many imports run right now.", seconds=5)
        try:
            async with asyncio.timeout(self._seconds) as limit:
                self._running.add(limit)
                self._idle.clear()
                try:
                    yield
                finally:
                    self._running.discard(limit)
                    if not self._running:
                        self._idle.set()
        except TimeoutError as err:
            if self._closed:
                raise _stopping() from err
            raise

    async def close(self) -> None:
        """Break off what still runs, as Unavailable, and take no more."""
        self._closed = True
        # Ending their time ends them cleanly. To close connections under them would not do:
        # a body without a length then looks complete.
        for limit in self._running:
            limit.reschedule(asyncio.get_running_loop().time())
        await self._idle.wait()


def _stopping() -> Unavailable:
    return Unavailable("The service is stopping.", seconds=5)
