"""Bytes: /{id}.{ext}, and /{id} for whoever asks for an image."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from api import conditions
from api.file_headers import CLIENT_AGE, file_headers, without_body
from api.identity import identify
from api.keys import CORE
from api.sending import send
from api.views import note_bytes
from core.ids import MEDIA_ID
from core.model import Ability

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime

    from multidict import CIMultiDict

    from core.ports_bytes import Content
    from core.services.delivery import Offer


def wants_bytes(request: web.Request) -> bool:
    """Whether `/{id}` is asked for as a picture: by `<img>`, or by its `Accept`."""
    if request.headers.get("Sec-Fetch-Dest") == "image":
        return True
    accept = request.headers.get("Accept", "").lower()
    return "image/" in accept and "text/html" not in accept


PATH = f"/{{id:{MEDIA_ID.pattern}}}.{{ext:[A-Za-z0-9]{{1,8}}}}"
"""Of a picture, as the router reads it."""


async def serve_file(request: web.Request) -> web.StreamResponse:
    """Serve `/{id}.{ext}`."""
    return await serve(request, request.match_info["id"], request.match_info["ext"])


async def serve(request: web.Request, media_id: str, extension: str | None) -> web.StreamResponse:
    """Send an image's bytes, as a whole, a range, or not at all where the client has them.

    Raises:
        NotFound: no such image for this caller, or not with that extension.
        Gone: it was public, and is deleted or expired; or the link has expired.
        InvalidInput: a parameter is wrong, or the picture can't be transformed so.
        Forbidden: the link was changed, or asks for what only signed ones or owners may.
        RateLimited: the caller has had as many renditions made as it may.
        Unavailable: database, storage or image work is out of reach or full.
    """
    core = request.app[CORE]
    caller = await identify(request, Ability.READ)
    shown = await core.links.follow(media_id, request.query.items(), caller, extension)
    offer = core.delivery.offer(shown, caller)
    note_bytes(request, shown.media, caller)
    opened = core.delivery.open(offer, caller)
    return await give(request, offer, opened, bare=extension is None)


async def give(
    request: web.Request,
    offer: Offer,
    opened: AbstractAsyncContextManager[Content],
    *,
    bare: bool = False,
) -> web.StreamResponse:
    """Send what is on offer; it is opened unless the client has it.

    `bare`: the address has no extension, so it may give a page as well.
    """
    now = request.app[CORE].clock.now()
    attached = request.query.get("download") == "1"
    headers = file_headers(offer, now, attached=attached, bare=bare)
    if conditions.unchanged(request, headers) and not _ending(offer.until, now):
        return web.Response(status=304, headers=without_body(headers))
    async with opened as content:
        return await _answer(request, headers, content)


async def _answer(
    request: web.Request, headers: CIMultiDict[str], content: Content
) -> web.StreamResponse:
    status, start, end = 200, 0, content.size
    if conditions.partial(request, headers):
        span = conditions.span(request, content.size)
        if span is None:
            raise web.HTTPRequestRangeNotSatisfiable(
                headers={"Content-Range": f"bytes */{content.size}"}
            )
        status = 206
        start, end = span
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{content.size}"
    if request.method == "HEAD":
        response = web.StreamResponse(status=status, headers=headers)
        response.content_length = end - start
        await response.prepare(request)
        return response
    patience = request.app[CORE].settings.stall_timeout
    return await send(request, status, headers, content, start, end, patience)


def _ending(until: datetime | None, now: datetime) -> bool:
    """Whether its last hour has begun: from then on each answer allows less than the one before.

    A cache that keeps the old head when it is told 304, as nginx does, would hand out too much.
    """
    return until is not None and until - now < timedelta(seconds=CLIENT_AGE)
