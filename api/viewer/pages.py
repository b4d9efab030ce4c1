"""The viewer page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import files
from api.identity import anonymous
from api.keys import CORE
from api.viewer.render import page
from api.viewer.words import line
from core.imaging.formats import BY_NAME

if TYPE_CHECKING:
    from aiohttp import web

    from core.model import Media

PAGE_AGE = 60
"""Seconds that anybody may keep the page, which tells of changes and of deletion."""

HEADING_MAX = 120
"""Characters up to which a caption of one line is the page's heading; a longer one is text."""


async def view(request: web.Request) -> web.StreamResponse:
    """/{id}: a page for people and chats, bytes for whoever asks for an image."""
    media_id = request.match_info["id"]
    if files.wants_bytes(request):
        return await files.serve(request, media_id, None)
    core = request.app[CORE]
    media = await core.delivery.find(media_id, anonymous(request))
    now = core.clock.now()
    name = line(media.name or "") or "Picture"
    caption = line(media.caption or "")
    heading = caption if caption == media.caption and len(caption) <= HEADING_MAX else name
    response = page(
        request,
        "viewer.html",
        title=caption or name,
        heading=heading,
        alt=_alt(media) or name,
        media=media,
        kind=BY_NAME[media.format],
        left=media.expires_at and media.expires_at - now,
    )
    response.headers["Vary"] = files.VARY
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = files.cache_control(media, now, PAGE_AGE)
    return response


def _alt(media: Media) -> str:
    """What the picture shows, as its uploader said it."""
    return line(media.metadata.get("alt", ""), 1_000) or line(media.caption or "", 1_000)
