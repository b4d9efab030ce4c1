"""/api/v1/image/{id} of imglink.io's API."""

from __future__ import annotations

from aiohttp import web

from api.compat.imglinkio.shapes import shown_json
from api.keys import CALLER, CORE, URLS


async def get_image(request: web.Request) -> web.Response:
    """One image: public, or the team's."""
    media = await request.app[CORE].library.get(request.match_info["id"], request[CALLER])
    return web.json_response({"success": True, "data": shown_json(media, request.app[URLS])})


async def delete_image(request: web.Request) -> web.Response:
    """Delete one image of the team's, for good."""
    image = request.match_info["id"]
    await request.app[CORE].library.delete(request[CALLER], image)
    return web.json_response({"success": True, "data": {"id": image}, "message": "Image deleted"})
