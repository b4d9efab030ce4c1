"""Bodies of requests: JSON, or a form with `payload_json` and `files[n]`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple

from discord_platform.cdn import File
from discord_platform.refusals import INVALID_FORM, malformed, too_large

if TYPE_CHECKING:
    from aiohttp import web

REQUEST_MAX = 25 << 20  # bytes


class Body(NamedTuple):
    payload: dict | list
    files: dict[int, File]


async def read(request: web.Request, file_max: int, *, of: type = dict) -> Body:
    """The payload, and files by their number. No file may have more than `file_max` bytes."""
    body = await _read(request, file_max)
    if not isinstance(body.payload, of):
        raise malformed(f"The request body must be a {of.__name__}.", INVALID_FORM)
    return body


async def _read(request: web.Request, file_max: int) -> Body:
    kind = request.content_type
    if kind == "application/json":
        return Body(_parsed(await request.read()), {})
    if kind != "multipart/form-data":
        raise malformed('Expected "Content-Type" header to be application/json.', INVALID_FORM)
    payload, files, total, oversized = {}, {}, 0, False
    async for part in await request.multipart():
        data = bytearray()
        while chunk := await part.read_chunk(1 << 16):
            total += len(chunk)
            oversized = oversized or total > REQUEST_MAX
            if not oversized:
                data += chunk
        if part.name == "payload_json":
            payload = _parsed(bytes(data))
        elif found := re.fullmatch(r"files\[(\d{1,4})\]", part.name or ""):
            oversized = oversized or len(data) > file_max
            files[int(found[1])] = File(bytes(data), part.filename or "unknown", _type(part))
        else:
            raise malformed(f"Unknown part of the form: {part.name}", INVALID_FORM)
    if oversized:
        raise too_large()
    return Body(payload, files)


def _type(part) -> str | None:
    given = part.headers.get("Content-Type")
    return None if given == "application/octet-stream" else given


def _parsed(data: bytes):
    try:
        return json.loads(data)
    except ValueError:
        raise malformed() from None
