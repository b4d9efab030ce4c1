"""Texts that change with the program alone: sent with a tag, so that clients ask once."""

from __future__ import annotations

from hashlib import sha256

from aiohttp import web

_CACHE = "public, max-age=300"
_TAG_LENGTH = 32


def send(
    request: web.Request, text: str, content_type: str, headers: dict[str, str] | None = None
) -> web.Response:
    """The text, or 304 where the client has it already."""
    body = text.encode()
    tag = sha256(body).hexdigest()[:_TAG_LENGTH]
    given = request.if_none_match or ()
    if any(known.value in {tag, "*"} for known in given):
        response = web.Response(status=304, headers=headers)
    else:
        response = web.Response(
            body=body, content_type=content_type, charset="utf-8", headers=headers
        )
    response.etag = tag
    response.headers["Cache-Control"] = _CACHE
    return response
