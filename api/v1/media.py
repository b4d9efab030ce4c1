"""/v1/media: listing, reading, changing, deleting."""

from __future__ import annotations

from typing import TypeVar

from aiohttp import web

from api.body import read_json
from api.identity import identify
from api.keys import CORE, URLS
from api.v1.models import BatchDeleteRequest, BatchPatchRequest, ListQuery, PatchRequest
from api.v1.parsing import parse, parse_query
from api.v1.shapes import media_json
from core.errors import InvalidInput, Unauthenticated
from core.ids import MEDIA_ID
from core.model import UNSET, Ability, Caller, MediaFilter, MediaId, MediaPatch
from core.services.library import Change

IDS_MAX = 100

PatchT = TypeVar("PatchT", PatchRequest, BatchPatchRequest)


async def list_media(request: web.Request) -> web.Response:
    """A page of the team's images."""
    caller = await identify(request, Ability.READ, key_needed=True)
    query = parse_query(ListQuery, request)
    chosen = MediaFilter(ids=_ids(query.ids), album_id=query.album, words=query.q or None)
    page = await request.app[CORE].library.page(caller, chosen, query.cursor, query.limit)
    urls = request.app[URLS]
    return web.json_response(
        {
            "data": [media_json(media, caller, urls) for media in page.media],
            "next_cursor": page.next_cursor,
            "has_more": page.next_cursor is not None,
        }
    )


async def get_media(request: web.Request) -> web.Response:
    """One image: public, or the team's."""
    caller = await identify(request, Ability.READ)
    media = await request.app[CORE].library.get(request.match_info["id"], caller)
    return web.json_response(media_json(media, caller, request.app[URLS]))


async def patch_media(request: web.Request) -> web.Response:
    """Change one image."""
    caller = await identify(request, Ability.WRITE, key_needed=True)
    change = _change(await _judged(request, caller, PatchRequest))
    media = await request.app[CORE].library.change(caller, request.match_info["id"], change)
    return web.json_response(media_json(media, caller, request.app[URLS]))


async def delete_media(request: web.Request) -> web.Response:
    """Delete one image, by its team's key or by the token of an anonymous upload."""
    library, media_id = request.app[CORE].library, request.match_info["id"]
    token = request.headers.get("X-Delete-Token")
    caller = await identify(request, Ability.WRITE)
    if token is not None:
        await library.take_back(caller, media_id, token)
    elif caller.team is None:
        raise Unauthenticated
    else:
        await library.delete(caller, media_id)
    return web.Response(status=204)


async def patch_batch(request: web.Request) -> web.Response:
    """Change many images alike."""
    caller = await identify(request, Ability.WRITE, key_needed=True)
    asked = await _judged(request, caller, BatchPatchRequest)
    changed = await request.app[CORE].library.change_many(caller, asked.ids, _change(asked))
    urls = request.app[URLS]
    return web.json_response(
        {
            "updated": len(changed),
            "media": [media_json(media, caller, urls) for media in changed],
        }
    )


async def delete_batch(request: web.Request) -> web.Response:
    """Delete many images."""
    caller = await identify(request, Ability.WRITE, key_needed=True)
    asked = parse(BatchDeleteRequest, await read_json(request))
    deleted = await request.app[CORE].library.delete_many(caller, asked.ids)
    return web.json_response({"deleted": len(deleted)})


async def _judged(request: web.Request, caller: Caller, model: type[PatchT]) -> PatchT:
    """The patch, if nothing is wrong with it.

    What is wrong for this team alone is told together with what is wrong for everybody.

    Raises:
        InvalidInput: `errors` has every field at fault.
    """
    data = await read_json(request)
    try:
        return parse(model, data)
    except InvalidInput as err:
        sound = {
            name: value
            for name, value in data.items()
            if name in PatchRequest.model_fields and name not in err.errors
        }
        change = _change(parse(PatchRequest, sound))
        more = await request.app[CORE].library.refusals(caller, change)
        raise InvalidInput(errors={**err.errors, **more}) from err


def _change(asked: PatchRequest) -> Change:
    """Fields that were not sent stay as they are; null clears."""
    sent = asked.model_fields_set
    patch = MediaPatch(
        caption=(asked.caption or None) if "caption" in sent else UNSET,
        public=asked.public if "public" in sent else UNSET,
        album_id=asked.album_id if "album_id" in sent else UNSET,
        embed_profile_id=asked.embed_profile_id if "embed_profile_id" in sent else UNSET,
        metadata=asked.model_extra or {},
    )
    return Change(patch, asked.ttl if "ttl" in sent else UNSET)


def _ids(given: str | None) -> tuple[MediaId, ...] | None:
    if given is None:
        return None
    ids = [one.strip() for one in given.split(",") if one.strip()]
    if len(ids) > IDS_MAX:
        raise InvalidInput.on("ids", f"At most {IDS_MAX} ids may be asked for.")
    return tuple(MediaId(one) for one in ids if MEDIA_ID.fullmatch(one))
