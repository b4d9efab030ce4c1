"""Runs the HTTP server until a signal ends it, cleanly."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from typing import TYPE_CHECKING

from aiohttp import web

from api import health
from api.app import empty_app, make_app
from api.server import Runner
from core.setting_types import SettingsInvalid
from pixferry.webhook import route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.telegram.webhook import Webhook
    from core.bootstrap import Core
    from core.settings import Settings

BACKLOG = 1_024
_SIGNALS = (signal.SIGINT, signal.SIGTERM)

SHUTDOWN_SECONDS = 20.0
"""How long requests in flight may take to finish once the server is told to stop."""


@asynccontextmanager
async def serving(core: Core, webhook: Webhook | None = None) -> AsyncIterator[int]:
    """Listen; gives the port. At the end requests in flight finish first.

    With a webhook it is served, too.

    Raises:
        SettingsInvalid: the address can't be listened on.
    """
    with _bound(core.settings) as sockets:
        port = int(sockets[0].getsockname()[1])
        app = make_app(core.listening_on(port))
        if webhook:
            route(app, core.settings, webhook)
        async with _answering(app, core.settings, sockets):
            yield port


@asynccontextmanager
async def serving_alone(core: Core, webhook: Webhook) -> AsyncIterator[int]:
    """Listen for what Telegram delivers, and for who asks whether the process lives.

    Raises:
        SettingsInvalid: the address can't be listened on.
    """
    with _bound(core.settings) as sockets:
        app = empty_app(core)
        app.router.add_get(health.ALIVE, health.healthz)
        route(app, core.settings, webhook)
        async with _answering(app, core.settings, sockets, pictures=False):
            yield int(sockets[0].getsockname()[1])


@asynccontextmanager
async def _answering(
    app: web.Application,
    settings: Settings,
    sockets: list[socket.socket],
    *,
    pictures: bool = True,
) -> AsyncIterator[None]:
    runner = Runner(app, SHUTDOWN_SECONDS, settings.stall_timeout, pictures=pictures)
    await runner.setup()
    try:
        for sock in sockets:
            await web.SockSite(runner, sock, backlog=BACKLOG).start()
        yield
    finally:
        await runner.cleanup()


@contextmanager
def _bound(settings: Settings) -> Iterator[list[socket.socket]]:
    """Sockets bound to every address that the host's name has; `::` is all of the machine's."""
    with ExitStack() as stack:
        try:
            found = socket.getaddrinfo(
                # `::` alone would be all addresses of IPv6, and none of IPv4.
                None if settings.host in {"::", ""} else settings.host,
                settings.port,
                type=socket.SOCK_STREAM,
                flags=socket.AI_PASSIVE,
            )
            sockets: list[socket.socket] = []
            for family, kind, protocol, _, address in dict.fromkeys(found):
                sock = stack.enter_context(socket.socket(family, kind, protocol))
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:  # else it would take the IPv4 port, too
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                port = sockets[0].getsockname()[1] if sockets else settings.port
                sock.bind((address[0], port, *address[2:]))
                sockets.append(sock)
        except OSError as err:
            raise SettingsInvalid(
                f"PIXFERRY_HOST is {settings.host!r} and PIXFERRY_PORT {settings.port}: "
                f"can't listen there: {err.strerror}. Choose a free port (0: any) and an "
                "address of this machine."
            ) from err
        yield sockets


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


@contextmanager
def stopping() -> Iterator[asyncio.Event]:
    """An event that the first SIGINT or SIGTERM sets; a second one ends the process at once."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop() -> None:
        stopped.set()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, signal.SIG_DFL)

    for number in _SIGNALS:
        loop.add_signal_handler(number, stop)
    try:
        yield stopped
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
