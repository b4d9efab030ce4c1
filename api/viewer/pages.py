"""The viewer page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import files
from api.identity import anonymous
from api.keys import CORE
from api.viewer.render import page

if TYPE_CHECKING:
    from aiohttp import web


async def view(request: web.Request) -> web.StreamResponse:
    """/{id}: a page for people and chats, bytes for whoever asks for an image."""
    media_id = request.match_info["id"]
    if files.wants_bytes(request):
        return await files.serve(request, media_id, None)
    core = request.app[CORE]
    media = await core.delivery.find(media_id, anonymous(request))
    response = page(
        request, "viewer.html", title=media.caption or media.name or media.id, media=media
    )
    response.headers["Vary"] = files.VARY
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = files.cache_control(media, core.clock.now())
    return response
