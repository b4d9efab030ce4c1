"""Answers of the API."""

from __future__ import annotations

import json

from aiohttp import web


def reply(body: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON, of exactly this content type: with a charset the library reads text, and gives up."""
    told = {**(headers or {}), "Content-Type": "application/json"}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=told)
