"""Runs the HTTP server until a signal ends it, cleanly."""

from __future__ import annotations

import asyncio
import signal
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from aiohttp import web

from api.app import make_app
from api.server import Runner

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.bootstrap import Core

SHUTDOWN_SECONDS = 20.0
"""How long requests in flight may take to finish once the server is told to stop."""


@asynccontextmanager
async def serving(core: Core) -> AsyncIterator[int]:
    """Listen; gives the port. At the end requests in flight finish first."""
    runner = Runner(make_app(core), SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, core.settings.host, core.settings.port, backlog=1024)
        await site.start()
        yield site.port
    finally:
        await runner.cleanup()


@asynccontextmanager
async def sweeping(core: Core) -> AsyncIterator[None]:
    """Sweep in the background meanwhile."""
    task = asyncio.create_task(core.sweeper.run(core.settings.sweep_interval))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until_stopped() -> None:
    """Wait for SIGINT or SIGTERM; a second one then ends the process at once."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.remove_signal_handler(number)
