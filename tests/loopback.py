"""Real servers on loopback for what fetches, and eyes on what connects."""

import asyncio
import sys
from contextlib import asynccontextmanager, contextmanager

import psutil
from aiohttp import web

_watchers = []


def _hook(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname"}:
        for seen in _watchers:
            seen.append((event, args[1] if event == "socket.connect" else args[0]))


sys.addaudithook(_hook)  # can't be taken away again; without watchers it does nothing


@contextmanager
def watched_network():
    """The list of every connection and name lookup that Python starts meanwhile."""
    seen = []
    _watchers.append(seen)
    try:
        yield seen
    finally:
        _watchers.remove(seen)


@asynccontextmanager
async def application_server(app, tls=None):
    """An aiohttp application on a free port, which it gives."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    port = runner.addresses[0][1]
    try:
        yield port
    finally:
        await runner.cleanup()
        if tls:
            await _until_let_go(port)


async def _until_let_go(port):
    """Wait until nothing of a server of this process is left of its connections.

    The server knows nothing of those whose handshake is under way, so its end does not end them;
    a loop that closes meanwhile leaves them open.
    """
    while any(one.laddr[1:] == (port,) for one in psutil.Process().net_connections("tcp")):
        await asyncio.sleep(0.01)


@asynccontextmanager
async def web_server(routes, tls=None):
    """An aiohttp server; `routes` maps paths to handlers. Gives its base address."""
    app = web.Application()
    for path, handler in routes.items():
        app.router.add_get(path, handler)
    async with application_server(app, tls) as port:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"


@asynccontextmanager
async def raw_server(answer):
    """A server of bare bytes: `answer(request_head, writer)` writes what it likes.

    Gives its base address and the list of request heads that came.
    """
    heads = []
    running = set()

    async def handle(reader, writer):
        running.add(asyncio.current_task())
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            heads.append(head)
            await answer(head, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            running.discard(asyncio.current_task())
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", heads
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.sleep(0.01)
        await server.wait_closed()
