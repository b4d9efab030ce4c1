"""/v1/albums: a team's albums, and the images in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from aiohttp import web

from api.body import read_json
from api.identity import identify
from api.keys import CORE, URLS
from api.v1.album_models import AlbumPatchRequest, AlbumQuery, AlbumRequest
from api.v1.parsing import parse, parse_query
from api.v1.shapes import media_json
from core.errors import InvalidInput
from core.model import UNSET, Ability
from core.services.albums import AlbumChange, owns_album

if TYPE_CHECKING:
    from core.albums import Album
    from core.model import Caller
    from core.urls import Urls

AskedT = TypeVar("AskedT", AlbumRequest, AlbumPatchRequest)

HEADER = "X-Album-Password"


async def list_albums(request: web.Request) -> web.Response:
    """A page of the team's albums."""
    caller = await identify(request, Ability.READ, key_needed=True)
    query = parse_query(AlbumQuery, request)
    page = await request.app[CORE].albums.page(caller, query.cursor, query.limit)
    urls = request.app[URLS]
    return web.json_response(
        {
            "data": [album_json(album, caller, urls) for album in page.albums],
            "next_cursor": page.next_cursor,
            "has_more": page.next_cursor is not None,
        }
    )


async def create_album(request: web.Request) -> web.Response:
    """A new album, with no images yet."""
    caller = await identify(request, Ability.WRITE, key_needed=True)
    asked = await _judged(request, caller, AlbumRequest)
    made = await request.app[CORE].albums.add(caller, _change(asked))
    return web.json_response(album_json(made, caller, request.app[URLS]), status=201)


async def get_album(request: web.Request) -> web.Response:
    """An album and a page of its images: the team's, or a public one, by its password if any."""
    albums, urls = request.app[CORE].albums, request.app[URLS]
    caller = await identify(request, Ability.READ)
    query = parse_query(AlbumQuery, request)
    password = request.headers.get(HEADER)
    album = await albums.open(request.match_info["id"], caller, password)
    page = await albums.media(album, caller, query.cursor, query.limit)
    return web.json_response(
        {
            **album_json(album, caller, urls),
            "media": [media_json(media, caller, urls) for media in page.media],
            "next_cursor": page.next_cursor,
            "has_more": page.next_cursor is not None,
        }
    )


async def patch_album(request: web.Request) -> web.Response:
    """Change an album."""
    caller = await identify(request, Ability.WRITE, key_needed=True)
    change = _change(await _judged(request, caller, AlbumPatchRequest))
    changed = await request.app[CORE].albums.change(caller, request.match_info["id"], change)
    return web.json_response(album_json(changed, caller, request.app[URLS]))


async def delete_album(request: web.Request) -> web.Response:
    """Drop an album; its images stay."""
    caller = await identify(request, Ability.WRITE, key_needed=True)
    await request.app[CORE].albums.delete(caller, request.match_info["id"])
    return web.Response(status=204)


async def put_album_media(request: web.Request) -> web.Response:
    """Move an image into an album, out of the one that it is in."""
    caller = await identify(request, Ability.WRITE, key_needed=True)
    ids = request.match_info
    await request.app[CORE].albums.put_in(caller, ids["id"], ids["media_id"])
    return web.Response(status=204)


async def delete_album_media(request: web.Request) -> web.Response:
    """Take an image out of an album; the image stays."""
    caller = await identify(request, Ability.WRITE, key_needed=True)
    ids = request.match_info
    await request.app[CORE].albums.take_out(caller, ids["id"], ids["media_id"])
    return web.Response(status=204)


def album_json(album: Album, caller: Caller, urls: Urls) -> dict[str, Any]:
    """An album; others than its team are told of public images alone."""
    ours = owns_album(caller, album)
    shown = {
        "id": album.id,
        "link": urls.album(album),
        "title": album.title,
        "description": album.description,
        "public": album.public,
        "has_password": album.password_hash is not None,
        "media_count": album.media_count if ours else album.public_count,
        "created_at": int(album.created_at.timestamp()),
        "embed_profile_id": album.embed_profile_id if ours else None,
    }
    return {name: value for name, value in shown.items() if value is not None}


async def _judged(request: web.Request, caller: Caller, model: type[AskedT]) -> AskedT:
    """The request, if nothing is wrong with it.

    What is wrong for this team alone is told together with what is wrong for everybody.

    Raises:
        InvalidInput: `errors` has every field at fault.
    """
    data = await read_json(request)
    try:
        return parse(model, data)
    except InvalidInput as err:
        name = "embed_profile_id"
        sound = {name: data[name]} if name in data and name not in err.errors else {}
        change = _change(parse(AlbumPatchRequest, sound))
        more = await request.app[CORE].albums.refusals(caller, change)
        raise InvalidInput(errors={**err.errors, **more}) from err


def _change(asked: AlbumRequest | AlbumPatchRequest) -> AlbumChange:
    """Fields that were not sent stay as they are; null and an empty description clear."""
    sent = asked.model_fields_set
    return AlbumChange(
        title=asked.title if "title" in sent else UNSET,
        description=(asked.description or None) if "description" in sent else UNSET,
        public=asked.public if "public" in sent else UNSET,
        password=asked.password if "password" in sent else UNSET,
        embed_profile_id=asked.embed_profile_id if "embed_profile_id" in sent else UNSET,
    )
