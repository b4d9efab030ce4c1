"""The page of an album."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.accounts.session import visitor
from api.body import read_fields
from api.file_headers import PRIVATE
from api.keys import CORE, URLS
from api.viewer import embeds
from api.viewer.render import page
from core.chat_limits import GALLERY_ITEMS
from core.errors import Forbidden
from core.services.albums import is_locked
from core.services.embeds import alternative
from core.services.previews import thumbnail
from core.services.signed_links import Shown
from core.words import line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from core.albums import Album
    from core.model import Caller, Media
    from core.services.pictures import Picture

PAGE = 60
"""Pictures of a page; then there is a link to the next."""


async def view(request: web.Request) -> web.Response:
    """GET /a/{id}; where it has a password, the form that asks for it.

    Raises:
        NotFound: no such album for these eyes.
        InvalidInput: the cursor is not one of this album.
    """
    caller = await visitor(request)
    album = await request.app[CORE].albums.find(request.match_info["id"], caller)
    if is_locked(album, caller):
        return _door(request, album)
    return await _gallery(request, album, caller, request.query.get("cursor"))


async def unlock(request: web.Request) -> web.Response:
    """POST /a/{id}, with `password`, and the `cursor` of a later page.

    Raises:
        NotFound: no such album for these eyes.
        RateLimited: too many wrong passwords were tried.
    """
    fields = await read_fields(request)
    caller = await visitor(request)
    albums = request.app[CORE].albums
    album_id, password = request.match_info["id"], fields.get("password", "")
    try:
        album = await albums.open(album_id, caller, password)
    except Forbidden:
        return _door(request, await albums.find(album_id, caller), refused=True)
    return await _gallery(request, album, caller, fields.get("cursor") or None)


def _door(request: web.Request, album: Album, *, refused: bool = False) -> web.Response:
    """Asks for the password; of what is behind it nothing is told, its title neither."""
    response = page(
        request,
        "album_locked.html",
        status=403 if refused else 200,
        title="An album with a password",
        album=album,
        refused=refused,
    )
    return _kept_by_nobody(response)


async def _gallery(
    request: web.Request, album: Album, caller: Caller, cursor: str | None
) -> web.Response:
    core, urls = request.app[CORE], request.app[URLS]
    found = await core.albums.media(album, caller, cursor, PAGE)
    card = await core.embeds.card_of_album(album)
    title = line(album.title) or "Album"
    link = urls.album(album)
    for_all = album.public and album.password_hash is None
    heads = _heads(request, found.media[:GALLERY_ITEMS], caller)
    response = page(
        request,
        "album.html",
        title=title,
        album=album,
        pictures=[_shown(request, media, caller) for media in found.media],
        next_cursor=found.next_cursor,
        locked=is_locked(album, caller),
        preview=embeds.preview(card, link, heads),
        oembed=urls.oembed(link) if for_all else None,
        link=link,
    )
    return _kept_by_nobody(response)


def _heads(
    request: web.Request, found: Sequence[Media], caller: Caller
) -> list[tuple[Picture, str, bool]]:
    pictures = request.app[CORE].pictures
    return [
        (pictures.preview(Shown.plain(media), caller), alternative(media), media.nsfw)
        for media in found
    ]


def _shown(request: web.Request, media: Media, caller: Caller) -> tuple[Media, str, Picture, str]:
    """An image with its page, its thumbnail and what it shows."""
    core, urls = request.app[CORE], request.app[URLS]
    shown = Shown.plain(media)
    small = thumbnail(media)
    return (
        media,
        urls.page(media, core.links.continued(shown, shown.recipe)),
        core.pictures.find(shown, small, caller),
        alternative(media),
    )


def _kept_by_nobody(response: web.Response) -> web.Response:
    """What is in an album, and who may see it, changes from one moment to the next."""
    response.headers["Cache-Control"] = PRIVATE
    response.headers["X-Robots-Tag"] = "noindex"
    return response
