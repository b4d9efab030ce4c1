"""Images of imglink.cc's API: one, the gallery, and which profile they preview by."""

from __future__ import annotations

from aiohttp import web

from api.body import read_json
from api.compat.imglinkcc import shapes
from api.compat.imglinkcc.models import BulkEmbedChoice, EmbedChoice, GalleryQuery
from api.keys import CALLER, CORE
from api.v1.parsing import parse, parse_query
from core.model import MediaPatch
from core.services.library import Change


async def get_image(request: web.Request) -> web.Response:
    """One image: public, or the team's."""
    media = await request.app[CORE].library.get(request.match_info["id"], request[CALLER])
    (data,) = await shapes.images(request, [media])
    return web.json_response({"success": True, "data": data})


async def delete_image(request: web.Request) -> web.Response:
    """Delete one image of the team's."""
    await request.app[CORE].library.delete(request[CALLER], request.match_info["id"])
    return web.json_response({"success": True})


async def gallery(request: web.Request) -> web.Response:
    """Public images that were uploaded for all to see and are not nsfw, newest first."""
    query = parse_query(GalleryQuery, request)
    found = await request.app[CORE].gallery.page(query.page, query.limit)
    return web.json_response(
        {
            "images": await shapes.images(request, found.media),
            "page": found.page,
            "totalPages": found.pages,
            "total": found.total,
        }
    )


async def choose_embed(request: web.Request) -> web.Response:
    """Give one image an embed profile, or with null take it away."""
    asked = parse(EmbedChoice, await read_json(request))
    library = request.app[CORE].library
    await library.change(request[CALLER], request.match_info["id"], _change(asked))
    return web.json_response({"success": True})


async def choose_embed_in_bulk(request: web.Request) -> web.Response:
    """The same for up to 100 images; those that are not the team's are skipped."""
    asked = parse(BulkEmbedChoice, await read_json(request))
    changed = await request.app[CORE].library.change_many(
        request[CALLER], asked.image_ids, _change(asked)
    )
    return web.json_response({"success": True, "updated": len(changed)})


def _change(asked: EmbedChoice) -> Change:
    return Change(MediaPatch(embed_profile_id=asked.embed_profile_id))
