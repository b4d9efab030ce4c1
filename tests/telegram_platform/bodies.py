"""What a request asks for: a query, JSON, or a form with files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from telegram_platform.files import File
from telegram_platform.refusals import Refused, bad

if TYPE_CHECKING:
    from aiohttp import web

REQUEST_MAX = 51 << 20  # bytes
INT64 = 1 << 63


class Form:
    """Parameters by name. Values of forms are texts, in which JSON may stand; those of JSON any."""

    def __init__(self, values: dict, files: dict[str, File] | None = None) -> None:
        self.values, self.files = values, files or {}

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "") or name in self.files

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return str(value)
        if not isinstance(value, str):
            raise bad(f"parameter {name!r} must be a string")
        return value

    def number(self, name: str, default: int = 0) -> int:
        text = self.text(name)
        if not text:
            return default
        try:
            number = int(text)
        except ValueError:
            raise bad(f"invalid {name} specified") from None
        if not -INT64 <= number < INT64:
            raise bad(f"invalid {name} specified")
        return number

    def flag(self, name: str) -> bool:
        return self.text(name).lower() in {"true", "yes", "1"}

    def json(self, name: str, kind: type) -> object | None:
        """A list or dict, given as itself or as text."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None
        if value is None:
            return None
        if not isinstance(value, kind):
            shown = "object" if kind is dict else "array"
            raise bad(f"{shown} expected as {name.replace('_', ' ')}")
        return value


async def read(request: web.Request) -> Form:
    """The parameters, those of the body before those of the address."""
    values = dict(request.query)
    kind = request.content_type
    if request.method != "POST" or not request.can_read_body:
        return Form(values)
    if kind == "application/json":
        return Form(values | _parsed(await request.read()))
    if kind == "application/x-www-form-urlencoded":
        return Form(values | dict(await request.post()))
    if kind == "multipart/form-data":
        return await _multipart(request, values)
    return Form(values)


def _parsed(data: bytes) -> dict:
    try:
        body = json.loads(data)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise bad("can't parse request JSON object")
    return body


async def _multipart(request: web.Request, values: dict) -> Form:
    files, total = {}, 0
    async for part in await request.multipart():
        data = bytearray()
        while chunk := await part.read_chunk(1 << 16):
            total += len(chunk)
            if total <= REQUEST_MAX:
                data += chunk
        if part.filename is None:
            values[part.name] = data.decode(errors="replace")
        else:
            kind = part.headers.get("Content-Type")
            files[part.name] = File(bytes(data), part.filename or "file", kind)
    if total > REQUEST_MAX:
        raise Refused(413, "Request Entity Too Large")
    return Form(values, files)
