"""/oembed: what a link shows, for sites that embed it (https://oembed.com, 1.0)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, TypeAlias

from aiohttp import web
from yarl import URL

from api.file_headers import PRIVATE, cache_control
from api.identity import anonymous
from api.keys import CORE, URLS
from api.viewer import embeds
from core.embeds import SITE
from core.errors import Forbidden, Gone, InvalidInput, NotFound
from core.ids import MEDIA_ID
from core.services import previews
from core.services.albums import is_locked
from core.services.linter import site_name
from core.services.signed_links import Shown
from core.words import line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from core.albums import Album
    from core.embeds import Card
    from core.services.pictures import Picture

Answer: TypeAlias = dict[str, str | int]

CACHE_AGE = 300
"""Seconds for which consumers may keep an answer; what they keep of a deleted image is brief."""

_NOT_HERE = "There is no public picture or album of this site at that address."
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIDE = re.compile(r"[0-9]{1,9}")
_ALBUM = re.compile(f"/a/({MEDIA_ID.pattern})")


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many pixels a picture may have; None: as many as it likes."""

    width: int | None
    height: int | None

    def hold(self, picture: Picture) -> bool:
        """Whether a picture is within them."""
        return (self.width is None or picture.width <= self.width) and (
            self.height is None or picture.height <= self.height
        )


async def oembed(request: web.Request) -> web.Response:
    """GET /oembed?url=&maxwidth=&maxheight=&format=.

    Raises:
        NotFound: another site's address, or nothing that strangers may see.
        InvalidInput: no `url`, or sides that are no numbers.
        HTTPNotImplemented: a format other than json and xml.
    """
    form = request.query.get("format", "json")
    if form not in {"json", "xml"}:
        raise web.HTTPNotImplemented
    bounds = Bounds(_side(request, "maxwidth"), _side(request, "maxheight"))
    asked = _address(request)
    try:
        if found := _ALBUM.fullmatch(asked.path):
            answer, cached = await _album(request, found[1], bounds), PRIVATE
        else:
            shown = await _shown(request, asked)
            answer = await _photo(request, shown, bounds)
            now = request.app[CORE].clock.now()
            cached = cache_control(shown.media, now, CACHE_AGE, shown.until)
    except (NotFound, Gone, Forbidden, InvalidInput) as err:
        raise NotFound(_NOT_HERE) from err
    headers = {
        "Cache-Control": cached,
        "Access-Control-Allow-Origin": "*",
        "X-Robots-Tag": "noindex",
    }
    if form == "xml":
        text = to_xml(answer)
        return web.Response(text=text, content_type="text/xml", charset="utf-8", headers=headers)
    return web.json_response(answer, headers=headers)


async def _photo(request: web.Request, shown: Shown, bounds: Bounds) -> Answer:
    core, caller = request.app[CORE], anonymous(request)
    recipe = previews.photo(shown.media, shown.recipe, bounds.width, bounds.height)
    found = core.pictures.find(shown, recipe, caller, versioned=True)
    small = core.pictures.preview(shown, caller)
    card = await core.embeds.card(shown.media)
    picture: Answer = {"url": found.url, "width": found.width, "height": found.height}
    answer = _said(request, "photo", card, shown.until) | picture
    return answer | _thumbnail(small) if embeds.has_picture(card) and bounds.hold(small) else answer


async def _album(request: web.Request, album_id: str, bounds: Bounds) -> Answer:
    """An album is a link to its page, with its first picture.

    Raises:
        NotFound: there is none that strangers may see.
    """
    core, caller = request.app[CORE], anonymous(request)
    album = await core.albums.find(album_id, caller)
    if is_locked(album, caller):
        raise NotFound
    card = await core.embeds.card_of_album(album)
    cover = await _cover(request, album)
    if cover is None or not embeds.has_picture(card):
        return _said(request, "link", card, None)
    whole = previews.preview(cover.media, cover.recipe)
    recipe = previews.photo(cover.media, whole, bounds.width, bounds.height)
    small = core.pictures.find(cover, recipe, caller, versioned=True)
    return _said(request, "link", card, cover.until) | _thumbnail(small)


async def _cover(request: web.Request, album: Album) -> Shown | None:
    """The picture that an album's page shows first."""
    found = await request.app[CORE].albums.media(album, anonymous(request), None, 1)
    for media in found.media:
        return Shown.plain(media)
    return None


def _said(request: web.Request, kind: str, card: Card, until: datetime | None) -> Answer:
    """What answers of every type say; `until`: when it ends to be true."""
    core, urls = request.app[CORE], request.app[URLS]
    left = CACHE_AGE if until is None else int((until - core.clock.now()).total_seconds())
    answer: Answer = {
        "version": "1.0",
        "type": kind,
        "provider_name": site_name(card, SITE),
        "provider_url": urls.public,
        "cache_age": max(0, min(CACHE_AGE, left)),
    }
    if title := line(card.title or "", 1_000):
        answer["title"] = title
    if card.author_name:
        answer["author_name"] = card.author_name
        if card.author_url:
            answer["author_url"] = card.author_url
    return answer


def _thumbnail(small: Picture) -> Answer:
    return {
        "thumbnail_url": small.url,
        "thumbnail_width": small.width,
        "thumbnail_height": small.height,
    }


def _address(request: web.Request) -> URL:
    """The address that is asked for, if it is of this site.

    Raises:
        InvalidInput: there is none.
        NotFound: it is somebody else's.
    """
    text = request.query.get("url")
    if not text:
        raise InvalidInput.on("url", "Give the address of a picture's or an album's page as `url`.")
    urls = request.app[URLS]
    try:
        asked = URL(text)
        here = asked.origin() in {URL(base).origin() for base in (urls.public, urls.media)}
    except ValueError:
        raise NotFound(_NOT_HERE) from None
    if not here:
        raise NotFound(_NOT_HERE)
    return asked


async def _shown(request: web.Request, asked: URL) -> Shown:
    """What the address of a page or picture shows to strangers.

    Raises:
        NotFound, Gone, Forbidden, InvalidInput: nothing; see SignedLinks.follow.
    """
    stem, _, extension = asked.path.removeprefix("/").partition(".")
    if not MEDIA_ID.fullmatch(stem):
        raise NotFound
    return await request.app[CORE].links.follow(
        stem, asked.query.items(), anonymous(request), extension or None
    )


def _side(request: web.Request, name: str) -> int | None:
    text = request.query.get(name)
    if text is None:
        return None
    if not _SIDE.fullmatch(text) or int(text) == 0:
        raise InvalidInput.on(name, "It must be a whole number of pixels, 1 or more.")
    return int(text)


def to_xml(answer: Mapping[str, str | int]) -> str:
    """An answer as XML; what XML can't hold is left out of texts."""
    fields = "".join(
        f"<{name}>{escape(_NO_XML.sub('', str(value)), quote=False)}</{name}>"
        for name, value in answer.items()
    )
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{fields}</oembed>'
