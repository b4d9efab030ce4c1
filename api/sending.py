"""Sends a picture's bytes, to clients of any speed."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from core.errors import Unavailable
from core.services.hot_bytes import HeldContent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from core.ports_bytes import Content

WHOLE = 1 << 20
"""Bytes up to which a picture is read in one piece rather than streamed."""

TOGETHER = 32 << 10
"""Bytes up to which a body is worth copying behind its head, so that both leave as one."""

PACE = 256 << 10
"""Bytes that a client must take in the time that a silent one is given, or else all."""


async def send(
    request: web.BaseRequest,
    status: int,
    headers: Mapping[str, str],
    content: Content,
    start: int,
    end: int,
    patience: float,
) -> web.StreamResponse:
    """Send the bytes [start, end); `patience`: seconds that a silent client is given.

    Raises:
        Unavailable: the storage can't be reached, and nothing was sent yet.
        ConnectionResetError: the transfer was broken off, by the client or by us.
    """
    if isinstance(content, HeldContent):
        return await send_whole(request, status, headers, content.cut(start, end), patience)
    async with aclosing(content.stream(start, end)) as chunks:  # whatever happens, it is closed
        if end - start <= WHOLE:
            data = b"".join([chunk async for chunk in chunks])
            return await send_whole(request, status, headers, data, patience)
        # The first chunk is read before the head is sent: storage out of reach is a clean 503.
        first = await anext(chunks)
        response = await _begun(request, status, headers, end - start)
        with _broken_off(request):
            await _write(request, response, first, patience)
            async for chunk in chunks:
                await _write(request, response, chunk, patience)
        await response.write_eof()
        return response


async def send_whole(
    request: web.BaseRequest,
    status: int,
    headers: Mapping[str, str],
    data: bytes | memoryview,
    patience: float,
) -> web.StreamResponse:
    """Send bytes that are in memory; see `send`."""
    if len(data) <= TOGETHER:
        return web.Response(status=status, headers=headers, body=bytes(data))
    response = await _begun(request, status, headers, len(data))
    with _broken_off(request):
        await _write(request, response, data, patience)
    await response.write_eof()
    return response


async def _begun(
    request: web.BaseRequest, status: int, headers: Mapping[str, str], size: int
) -> web.StreamResponse:
    """A response whose head is sent."""
    response = web.StreamResponse(status=status, headers=headers)
    response.content_length = size
    await response.prepare(request)
    return response


async def _write(
    request: web.BaseRequest,
    response: web.StreamResponse,
    data: bytes | memoryview,
    patience: float,
) -> None:
    """Hand over all of it, and wait until most has left.

    Raises:
        TimeoutError: the client took less than its pace.
    """
    waiting, left = response.write(data), len(data)
    while True:
        try:
            async with asyncio.timeout(patience):
                return await waiting
        except TimeoutError:
            before, left = left, _unsent(request)
            if before - left < PACE:
                raise
            waiting = request.writer.drain()


def _unsent(request: web.BaseRequest) -> int:
    """Bytes that wait in this process for the client to take some."""
    transport = request.transport
    return transport.get_write_buffer_size() if transport else 0


@contextmanager
def _broken_off(request: web.BaseRequest) -> Iterator[None]:
    """Cut the connection where the rest of a body can't be sent.

    A client that reads nothing may not hold a file open for ever; and where the storage fails
    midway, only a broken connection can tell.
    """
    try:
        yield
    except (TimeoutError, Unavailable) as err:
        if request.transport:
            request.transport.abort()
        raise ConnectionResetError("the transfer was broken off") from err
