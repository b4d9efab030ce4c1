"""Bytes: /{id}.{ext}, and /{id} for whoever asks for an image."""

from __future__ import annotations

import asyncio
import re
from contextlib import aclosing
from datetime import UTC, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from api.identity import identify
from api.keys import CORE
from api.views import note_bytes
from core.errors import Unavailable
from core.imaging.formats import BY_NAME
from core.model import Ability

if TYPE_CHECKING:
    from datetime import datetime

    from core.model import Media
    from core.ports_bytes import Content
    from core.services.delivery import Offer

WHOLE = 1 << 20
"""Bytes up to which a picture is sent in one piece rather than streamed."""

CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
VARY = "Accept, Sec-Fetch-Dest"
PRIVATE = "private, no-store"
_CLIENT_AGE = 3_600
_SHARED_AGE = 60
_REMEMBERED = 10_000
"""Images whose headers are put together once."""

_RANGE = re.compile(r"bytes=(?!-$)([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)
_ETAG = re.compile(r'(?:W/)?("[^"]*")')


def wants_bytes(request: web.Request) -> bool:
    """Whether `/{id}` is asked for as a picture: by `<img>`, or by its `Accept`."""
    if request.headers.get("Sec-Fetch-Dest") == "image":
        return True
    accept = request.headers.get("Accept", "").lower()
    return "image/" in accept and "text/html" not in accept


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
    now = core.clock.now()
    headers = _headers(request, offer, now, bare=extension is None)
    note_bytes(request, shown.media, caller)
    if _unchanged(request, headers) and not _ending(offer.until, now):
        return web.Response(status=304, headers=_without_body(headers))
    async with core.delivery.open(offer, caller) as content:
        return await _answer(request, headers, content)


async def _answer(
    request: web.Request, headers: dict[str, str], content: Content
) -> web.StreamResponse:
    status, start, end = 200, 0, content.size
    if _partial(request, headers):
        span = _span(request, content.size)
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
    return await _send(request, status, headers, content, start, end)


def _headers(request: web.Request, offer: Offer, now: datetime, *, bare: bool) -> dict[str, str]:
    media, kind = offer.media, BY_NAME[offer.format]
    headers = {
        "Content-Type": kind.mime,
        "ETag": f'"{offer.tag}"',
        "Last-Modified": _http_date(media.created_at),
        "Accept-Ranges": "bytes",
        "Cache-Control": PRIVATE if offer.private else cache_control(media, now, until=offer.until),
        "Content-Disposition": _disposition(
            media.name, media.id, kind.name, attached=request.query.get("download") == "1"
        ),
        "Content-Security-Policy": CSP,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "Access-Control-Allow-Origin": "*",
    }
    if bare:
        headers["Vary"] = VARY
    return headers


def cache_control(
    media: Media, now: datetime, longest: int = _CLIENT_AGE, until: datetime | None = None
) -> str:
    """How long caches may keep it: `longest` seconds, shared ones a minute, while it lives.

    `until`: when the link ends, if that is before the image does.
    """
    if not media.public:
        return PRIVATE
    left = longest
    if ends := until or media.expires_at:
        left = max(0, min(left, int((ends - now).total_seconds())))
    return f"public, max-age={left}, s-maxage={min(left, _SHARED_AGE)}"


def _ending(until: datetime | None, now: datetime) -> bool:
    """Whether its last hour has begun: from then on each answer allows less than the one before.

    A cache that keeps the old head when it is told 304, as nginx does, would hand out too much.
    """
    return until is not None and until - now < timedelta(seconds=_CLIENT_AGE)


@lru_cache(maxsize=_REMEMBERED)
def _http_date(time: datetime) -> str:
    return format_datetime(time, usegmt=True)


@lru_cache(maxsize=_REMEMBERED)
def _disposition(given: str | None, media_id: str, sent: str, *, attached: bool) -> str:
    """The file's own name, with the extension of what is really sent (RFC 6266)."""
    kind = BY_NAME[sent]
    stem, dot, own = (given or "").rpartition(".")
    fitting = dot and own.lower() in {kind.extension, *kind.aliases}
    name = given if given and fitting else f"{stem or given or media_id}.{kind.extension}"
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    shown = f'{"attachment" if attached else "inline"}; filename="{plain}"'
    return shown if plain == name else f"{shown}; filename*=UTF-8''{quote(name, safe='')}"


def _unchanged(request: web.Request, headers: dict[str, str]) -> bool:
    """Whether the client's copy is good (RFC 9110, 13.2.2)."""
    given = ",".join(request.headers.getall("If-None-Match", []))
    if given:
        return given.strip() == "*" or headers["ETag"] in _ETAG.findall(given)
    since = _date(request.headers.get("If-Modified-Since"))
    if since is None:
        return False
    modified = _date(headers["Last-Modified"])
    return modified is not None and modified <= since


def _partial(request: web.Request, headers: dict[str, str]) -> bool:
    """Whether a single range is asked for of the very bytes that the client has begun with."""
    if not _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", "")):
        return False
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return condition == headers["ETag"]
    return _date(condition) == _date(headers["Last-Modified"])


def _span(request: web.Request, size: int) -> tuple[int, int] | None:
    """The bytes [start, end) of the range; None if it lies outside of the picture."""
    parts = _RANGE.fullmatch(request.headers["Range"].replace(" ", ""))
    assert parts
    first, last = parts[1], parts[2]
    if not first:
        wanted = min(int(last or 0), size)
        return (size - wanted, size) if wanted else None
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    return (start, end) if start < size and start < end else None


def _date(text: str | None) -> datetime | None:
    """An HTTP date, which is in GMT; None for what is none."""
    try:
        found = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)


def _without_body(headers: dict[str, str]) -> dict[str, str]:
    about_body = {"Content-Type", "Content-Disposition"}
    return {name: value for name, value in headers.items() if name not in about_body}


async def _send(
    request: web.Request,
    status: int,
    headers: dict[str, str],
    content: Content,
    start: int,
    end: int,
) -> web.StreamResponse:
    async with aclosing(content.stream(start, end)) as chunks:  # whatever happens, it is closed
        if end - start <= WHOLE:
            body = b"".join([chunk async for chunk in chunks])
            return web.Response(status=status, headers=headers, body=body)
        # The first chunk is read before the head is sent: storage out of reach is a clean 503.
        first = await anext(chunks)
        response = web.StreamResponse(status=status, headers=headers)
        response.content_length = end - start
        await response.prepare(request)
        patience = request.app[CORE].settings.stall_timeout
        try:
            await _write(response, first, patience)
            async for chunk in chunks:
                await _write(response, chunk, patience)
        except (TimeoutError, Unavailable) as err:
            # A client that reads nothing may not hold a file open for ever; and where the
            # storage fails midway, only a broken connection can tell.
            if request.transport:
                request.transport.abort()
            raise ConnectionResetError("the transfer was broken off") from err
        await response.write_eof()
        return response


async def _write(response: web.StreamResponse, chunk: bytes, patience: float) -> None:
    async with asyncio.timeout(patience):
        await response.write(chunk)
