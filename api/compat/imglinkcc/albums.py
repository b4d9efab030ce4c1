"""/api/albums of imglink.cc's API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from api.body import read_json
from api.compat.imglinkcc import shapes
from api.compat.imglinkcc.sharing_models import AlbumImage, AlbumPatch, AlbumRequest
from api.keys import CALLER, CORE
from api.v1.albums import HEADER
from api.v1.parsing import parse
from core.model import UNSET
from core.services.albums import AlbumChange

if TYPE_CHECKING:
    from core.albums import Album

MOST = 1_000
"""Albums, and images of one, that an answer has: its document knows no pages."""


async def list_albums(request: web.Request) -> web.Response:
    """The team's newest albums."""
    page = await request.app[CORE].albums.page(request[CALLER], None, MOST)
    albums = [shapes.album(album, request[CALLER]) for album in page.albums]
    return web.json_response({"success": True, "albums": albums})


async def create_album(request: web.Request) -> web.Response:
    """A new album, with no images yet."""
    asked = parse(AlbumRequest, await read_json(request))
    made = await request.app[CORE].albums.add(request[CALLER], _change(asked))
    return _answer(request, made, 201)


async def get_album(request: web.Request) -> web.Response:
    """An album with its images: the team's, or a public one, by its password if it has one."""
    albums, caller = request.app[CORE].albums, request[CALLER]
    album = await albums.open(request.match_info["id"], caller, request.headers.get(HEADER))
    page = await albums.media(album, caller, None, MOST)
    shown = shapes.album(album, caller) | {"images": await shapes.images(request, page.media)}
    return web.json_response({"success": True, "album": shown})


async def update_album(request: web.Request) -> web.Response:
    """Change an album."""
    change = _change(parse(AlbumPatch, await read_json(request)))
    albums = request.app[CORE].albums
    return _answer(
        request, await albums.change(request[CALLER], request.match_info["id"], change), 200
    )


async def delete_album(request: web.Request) -> web.Response:
    """Drop an album; its images stay."""
    await request.app[CORE].albums.delete(request[CALLER], request.match_info["id"])
    return web.json_response({"success": True})


async def add_album_image(request: web.Request) -> web.Response:
    """Move one of the team's images into an album, out of the one that it is in."""
    asked = parse(AlbumImage, await read_json(request))
    albums = request.app[CORE].albums
    await albums.put_in(request[CALLER], request.match_info["id"], asked.imageId)
    return web.json_response({"success": True})


async def remove_album_image(request: web.Request) -> web.Response:
    """Take an image out of an album; the image stays."""
    ids = request.match_info
    await request.app[CORE].albums.take_out(request[CALLER], ids["albumId"], ids["imageId"])
    return web.json_response({"success": True})


def _answer(request: web.Request, album: Album, status: int) -> web.Response:
    shown = shapes.album(album, request[CALLER])
    return web.json_response({"success": True, "album": shown}, status=status)


def _change(asked: AlbumRequest | AlbumPatch) -> AlbumChange:
    """Fields that were not sent stay as they are; null and an empty description clear."""
    sent = asked.model_fields_set
    return AlbumChange(
        title=asked.title if "title" in sent else UNSET,
        description=(asked.description or None) if "description" in sent else UNSET,
        public=asked.isPublic if "isPublic" in sent else UNSET,
        password=asked.password if "password" in sent else UNSET,
    )
