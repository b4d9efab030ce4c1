"""/v1/media of img.pro's API 1.0: listing, reading, changing, deleting."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from aiohttp import web

from api.body import read_json
from api.compat.imgpro.models import BatchPatchRequest, IdsQuery, ListQuery, PatchRequest
from api.compat.imgpro.shapes import MEDIA_NOT_FOUND, media_json, media_list
from api.keys import CALLER, CORE
from api.v1.parsing import parse, parse_query
from core.errors import InvalidInput, NotFound
from core.ids import MEDIA_ID
from core.model import UNSET, MediaFilter, MediaId, MediaPatch
from core.services.library import Change
from core.tags import TagChange, TagMode

_THEIR_CURSOR = re.compile(r"([0-9]{1,10})_[0-9]+")
"""A cursor of img.pro's own, such as `1704067200_123`: the time of the item before the page."""


async def list_media(request: web.Request) -> web.Response:
    """A page of the team's images, newest first."""
    query = parse_query(ListQuery, request)
    if query.cursor is not None and query.offset:
        raise InvalidInput.on("offset", "Use cursor or offset, not both")
    cursor, theirs = query.cursor, _THEIR_CURSOR.fullmatch(query.cursor or "")
    if theirs:
        cursor = None
    chosen = MediaFilter(
        ids=None if query.ids is None else _named(query.ids),
        tags=query.tags,
        every_tag=query.tag_mode == "all",
        before=datetime.fromtimestamp(int(theirs[1]), UTC) if theirs else None,
    )
    page = await request.app[CORE].library.page(
        request[CALLER], chosen, cursor, query.limit, offset=query.offset
    )
    body = {
        "data": await media_list(request, page.media),
        "next_cursor": page.next_cursor,
        "has_more": page.next_cursor is not None,
    }
    return web.json_response({name: value for name, value in body.items() if value is not None})


async def get_media(request: web.Request) -> web.Response:
    """One image: public, or the team's."""
    try:
        media = await request.app[CORE].library.get(request.match_info["uid"], request[CALLER])
    except NotFound:  # alone in having no code
        return web.json_response({"error": MEDIA_NOT_FOUND}, status=404)
    return web.json_response(await media_json(request, media))


async def patch_media(request: web.Request) -> web.Response:
    """Change one image."""
    change = _change(parse(PatchRequest, await read_json(request)), TagMode.REPLACE)
    library = request.app[CORE].library
    media = await library.change(request[CALLER], request.match_info["uid"], change)
    return web.json_response(await media_json(request, media))


async def delete_media(request: web.Request) -> web.Response:
    """Delete one image."""
    await request.app[CORE].library.delete(request[CALLER], request.match_info["uid"])
    return web.Response(status=204)


async def patch_batch(request: web.Request) -> web.Response:
    """Change several images alike; those that are not the team's are skipped."""
    ids = parse_query(IdsQuery, request).ids
    asked = parse(BatchPatchRequest, await read_json(request))
    change = _change(asked, asked.tag_mode)
    changed = await request.app[CORE].library.change_many(request[CALLER], ids, change)
    return web.json_response({"updated": len(changed), "media": await media_list(request, changed)})


async def delete_batch(request: web.Request) -> web.Response:
    """Delete several images."""
    ids = parse_query(IdsQuery, request).ids
    gone = set(await request.app[CORE].library.delete_many(request[CALLER], ids))
    deleted = [one for one in ids if one in gone]
    absent = [one for one in ids if one not in gone]
    return web.json_response(
        {
            "deleted": len(deleted),
            "not_found": len(absent),
            "ids": {"deleted": deleted, "not_found": absent},
        }
    )


def _named(ids: tuple[str, ...]) -> tuple[MediaId, ...]:
    return tuple(MediaId(one) for one in ids if MEDIA_ID.fullmatch(one))


def _change(asked: PatchRequest, mode: TagMode) -> Change:
    """Fields that were not sent stay as they are; null clears."""
    sent = asked.model_fields_set
    patch = MediaPatch(
        name=asked.name if "name" in sent else UNSET,
        caption=(asked.description or None) if "description" in sent else UNSET,
        tags=TagChange(mode, asked.tags or ()) if "tags" in sent else UNSET,
        public=asked.public if "public" in sent else UNSET,
    )
    return Change(patch)
