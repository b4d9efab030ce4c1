"""One websocket of the gateway."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from typing import TYPE_CHECKING

from discord_platform.transport import KINDS

if TYPE_CHECKING:
    from aiohttp import web
    from discord_platform.sessions import Session

RATE_LIMITED = 4008
SENDS, SENDS_IN = 120, 60  # messages a connection may send in so many seconds


class Closing(Exception):
    """The connection is to be closed with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class Connection:
    """One websocket. What is sent waits in a line, so that whoever sends never waits."""

    def __init__(self, socket: web.WebSocketResponse, compress: str | None) -> None:
        self.socket = socket
        self.session: Session | None = None
        self.arrivals: deque = deque(maxlen=SENDS + 1)
        self.resumed_at: str | None = None
        self.closed_here = False
        self._packer = KINDS[compress]()
        self._line: asyncio.Queue = asyncio.Queue()
        self._writer = asyncio.create_task(self._write())

    def send(self, text: str) -> None:
        self._line.put_nowait(text)

    def send_op(self, op: int, data: object) -> None:
        self.send(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    async def _write(self) -> None:
        with contextlib.suppress(ConnectionError):
            while True:
                packed = self._packer.pack(await self._line.get())
                if isinstance(packed, str):
                    await self.socket.send_str(packed)
                else:
                    await self.socket.send_bytes(packed)
                self._line.task_done()

    async def flush(self) -> None:
        """Wait until what was sent is out, or the client is gone."""
        joined = asyncio.ensure_future(self._line.join())
        await asyncio.wait([joined, self._writer], timeout=1, return_when=asyncio.FIRST_COMPLETED)
        joined.cancel()

    async def close(self, code: int) -> None:
        self.closed_here = True
        await self.socket.close(code=code)

    def end(self) -> None:
        self._writer.cancel()

    def abort(self) -> None:
        """Cut the line: no close frame, as a network that dies."""
        transport = self.socket._req.transport if self.socket._req else None
        if transport is not None:
            transport.abort()

    def count(self) -> None:
        now = time.monotonic()
        self.arrivals.append(now)
        if len(self.arrivals) > SENDS and now - self.arrivals[0] < SENDS_IN:
            raise Closing(RATE_LIMITED)
