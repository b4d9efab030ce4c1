"""What PostgreSQL tells of changes: the triggers of migration 0002 notify, and this listens."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from core.ports import ChangeListener

CHANNEL = "pixferry_changes"
"""Payloads are `table:id,id,…`, or `table:*` where too many rows changed to be named."""

ALIVE_EVERY = 1.0
"""Seconds after which a silent channel is asked whether it lives; twice that is how long a
change may go unnoticed on a network that swallows everything."""

_SILENCE = 2 * ALIVE_EVERY
_AGAIN_FIRST, _AGAIN_MOST = 0.2, 10.0
_MANY = "*"

logger = logging.getLogger(__name__)


class PostgresChanges:
    """One connection of its own that listens, from the first time that it is asked.

    When it breaks, listeners forget everything at once; it comes back by itself.
    """

    def __init__(self, connect: Callable[[], Awaitable[Any]]) -> None:
        self._connect = connect
        self._listeners: list[ChangeListener] = []
        self._task: asyncio.Task[None] | None = None
        self.connected = False
        self._alive_at = 0.0

    def tell(self, listener: ChangeListener) -> None:
        self._listeners.append(listener)

    def current(self) -> bool:
        """See Changes. A process that has slept does not believe what it knew before.

        What it was told meanwhile waits for it to be read, as do requests, whichever comes first.
        """
        if self._task is None:
            self._task = asyncio.create_task(self._keep_listening())
        silence = asyncio.get_running_loop().time() - self._alive_at
        return self.connected and silence < _SILENCE

    async def close(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def _keep_listening(self) -> None:
        again = _AGAIN_FIRST
        while True:
            try:
                connection = await self._connect()
                again = _AGAIN_FIRST
                await self._listen(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as err:
                logger.info("not hearing of changes, so nothing is cached: %s", type(err).__name__)
            finally:
                self._lose()
            await asyncio.sleep(again)
            again = min(again * 2, _AGAIN_MOST)

    async def _listen(self, connection: Any) -> None:
        """Listen until the connection breaks, which raises what broke it."""
        broken = asyncio.Event()

        def note_end(_: Any) -> None:
            self._lose()
            broken.set()

        try:
            connection.add_termination_listener(note_end)
            async with asyncio.timeout(ALIVE_EVERY):
                await connection.add_listener(CHANNEL, self._hear)
            self.connected = True
            while True:
                self._alive_at = asyncio.get_running_loop().time()
                with suppress(TimeoutError):
                    async with asyncio.timeout(ALIVE_EVERY):
                        await broken.wait()
                await connection.execute("SELECT 1", timeout=ALIVE_EVERY)
        finally:
            connection.terminate()

    def _hear(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        table, _, ids = payload.partition(":")
        if table == "media":
            self._forget(None if ids == _MANY else ids.split(","))

    def _lose(self) -> None:
        if self.connected:
            self.connected = False
            self._forget(None)

    def _forget(self, media_ids: list[str] | None) -> None:
        for listener in self._listeners:
            listener.forget(media_ids)
