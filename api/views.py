"""Which requests are somebody's look at an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.crawlers import is_crawler
from api.identity import anonymous
from api.keys import CORE
from core.services.access import owns

if TYPE_CHECKING:
    from aiohttp import web

    from core.model import Caller, Media

THUMBNAIL = "s"
"""The size of which a look is none at the picture."""


def note_page(request: web.Request, media: Media, caller: Caller) -> None:
    """Note that somebody looks at an image's page."""
    if request.method == "GET" and not is_crawler(request.headers.get("User-Agent", "")):
        _note(request, media, caller)


def note_bytes(request: web.Request, media: Media, caller: Caller) -> None:
    """Note that somebody looks at the picture itself."""
    if looks(request):
        _note(request, media, caller)


def looks(request: web.BaseRequest) -> bool:
    """Whether a request for a picture's bytes is a look at it.

    One that the browser has already is looked at, too. What comes after the beginning of a file is
    no look of its own, nor is a thumbnail, nor a picture on one of our pages: the page is.
    """
    headers = request.headers
    return (
        request.method == "GET"
        and headers.get("Range", "bytes=0-").startswith("bytes=0-")
        and headers.get("Sec-Fetch-Site") != "same-origin"
        and request.query.get("size") != THUMBNAIL
        and not is_crawler(headers.get("User-Agent", ""))
    )


def _note(request: web.Request, media: Media, caller: Caller) -> None:
    address = caller.subject if caller.team is None else anonymous(request).subject
    request.app[CORE].views.note(media, address, counts=not owns(caller, media))
