"""/oembed: what a link shows, for sites that embed it (https://oembed.com, 1.0)."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING, TypeAlias

from aiohttp import web
from yarl import URL

from api.files import cache_control
from api.identity import anonymous
from api.keys import CORE, URLS
from api.viewer import embeds
from core.errors import Forbidden, Gone, InvalidInput, NotFound
from core.ids import MEDIA_ID
from core.services import previews
from core.words import line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.services.signed_links import Shown

Answer: TypeAlias = dict[str, str | int]

CACHE_AGE = 300
"""Seconds for which consumers may keep an answer; what they keep of a deleted image is brief."""

_NOT_HERE = "There is no public picture of this site at that address."
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIDE = re.compile(r"[0-9]{1,9}")


async def oembed(request: web.Request) -> web.Response:
    """GET /oembed?url=&maxwidth=&maxheight=&format=.

    Raises:
        NotFound: another site's address, or no picture that strangers may see.
        InvalidInput: no `url`, or sides that are no numbers.
        HTTPNotImplemented: a format other than json and xml.
    """
    form = request.query.get("format", "json")
    if form not in {"json", "xml"}:
        raise web.HTTPNotImplemented
    width, height = (_side(request, name) for name in ("maxwidth", "maxheight"))
    shown = await _shown(request)
    answer = await _photo(request, shown, width, height)
    headers = {
        "Cache-Control": cache_control(
            shown.media, request.app[CORE].clock.now(), CACHE_AGE, shown.until
        ),
        "Access-Control-Allow-Origin": "*",
        "X-Robots-Tag": "noindex",
    }
    if form == "xml":
        text = to_xml(answer)
        return web.Response(text=text, content_type="text/xml", charset="utf-8", headers=headers)
    return web.json_response(answer, headers=headers)


async def _photo(
    request: web.Request, shown: Shown, width: int | None, height: int | None
) -> Answer:
    core, urls, caller = request.app[CORE], request.app[URLS], anonymous(request)
    recipe = previews.photo(shown.media, shown.recipe, width, height)
    found = core.pictures.find(shown, recipe, caller, versioned=True)
    small = core.pictures.preview(shown, caller)
    card = await core.embeds.card(shown.media)
    until, now = shown.until, core.clock.now()
    left = CACHE_AGE if until is None else int((until - now).total_seconds())
    answer: Answer = {
        "version": "1.0",
        "type": "photo",
        "provider_name": embeds.site_name(card),
        "provider_url": urls.public,
        "cache_age": max(0, min(CACHE_AGE, left)),
        "url": found.url,
        "width": found.width,
        "height": found.height,
    }
    if title := line(card.title or "", 1_000):
        answer["title"] = title
    if author := line(card.author_name or ""):
        answer["author_name"] = author
        if card.author_url:
            answer["author_url"] = card.author_url
    if (width is None or small.width <= width) and (height is None or small.height <= height):
        answer |= {
            "thumbnail_url": small.url,
            "thumbnail_width": small.width,
            "thumbnail_height": small.height,
        }
    return answer


async def _shown(request: web.Request) -> Shown:
    """What the address that is asked for shows to strangers."""
    text = request.query.get("url")
    if not text:
        raise InvalidInput.on("url", "Give the address of a picture's page as `url`.")
    urls = request.app[URLS]
    try:
        asked = URL(text)
        bases = {URL(base).origin() for base in (urls.public, urls.media)}
        here = asked.origin() in bases
    except ValueError:
        raise NotFound(_NOT_HERE) from None
    stem, _, extension = asked.path.removeprefix("/").partition(".")
    if not here or not MEDIA_ID.fullmatch(stem):
        raise NotFound(_NOT_HERE)
    try:
        return await request.app[CORE].links.follow(
            stem, asked.query.items(), anonymous(request), extension or None
        )
    except (NotFound, Gone, Forbidden, InvalidInput) as err:
        raise NotFound(_NOT_HERE) from err


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
