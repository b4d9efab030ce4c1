"""Reading bodies in bounded time and memory; JSON."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.client_exceptions import ClientPayloadError
from aiohttp.http_exceptions import HttpProcessingError
from pydantic_core import from_json

from api.keys import CORE
from core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

JSON_MAX = 1 << 20
FIELDS_MAX = 16 << 10


class BodyBroken(Exception):
    """The body ended early or does not decode; the text is for the client."""


@asynccontextmanager
async def reading(request: web.Request) -> AsyncIterator[Callable[[int], Awaitable[bytes]]]:
    """A function that reads the body on, under a limit for the whole and one for each silence.

    Raises:
        HTTPRequestTimeout: the body stalled, or took too long in all.
        BodyBroken: it ended early, or is compressed.
    """
    settings = request.app[CORE].settings

    async def read(size: int) -> bytes:
        async with asyncio.timeout(settings.stall_timeout):
            return await request.content.read(size)

    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise BodyBroken("Send the body as it is, without Content-Encoding.")
    try:
        async with asyncio.timeout(settings.body_timeout):
            yield read
    except TimeoutError as err:
        raise web.HTTPRequestTimeout from err
    except (ClientPayloadError, web.RequestPayloadError, HttpProcessingError) as err:
        raise BodyBroken("The body ended early or is broken; send it again.") from err


async def read_json(request: web.Request) -> dict[str, Any]:
    """A JSON object of at most 1 MiB.

    Raises:
        InvalidInput: it is no JSON object, or too long.
        HTTPRequestTimeout: the body stalled, or took too long in all.
    """
    data = await _read_whole(request, "body", JSON_MAX)
    try:
        value = from_json(data, allow_inf_nan=False)
    except ValueError as err:
        raise InvalidInput("The body must be JSON; this does not parse.") from err
    if not isinstance(value, dict):
        raise InvalidInput("The body must be a JSON object.")
    return value


async def read_fields(request: web.Request) -> dict[str, str]:
    """The fields of a page's small form, urlencoded, of at most 16 KiB; the last of a name wins.

    Raises:
        InvalidInput: it is too long, or broken.
        HTTPRequestTimeout: the body stalled, or took too long in all.
    """
    data = await _read_whole(request, "form", FIELDS_MAX)
    try:
        return dict(parse_qsl(data.decode(), keep_blank_values=True, errors="strict"))
    except ValueError as err:
        raise InvalidInput("The form is broken; send it again.") from err


async def _read_whole(request: web.Request, what: str, longest: int) -> bytes:
    data = bytearray()
    try:
        async with reading(request) as read:
            while chunk := await read(longest):
                data += chunk
                if len(data) > longest:
                    raise InvalidInput(f"The {what} may have {longest:,} bytes at most.")
    except BodyBroken as err:
        raise InvalidInput(str(err)) from err
    return bytes(data)
