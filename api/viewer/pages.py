"""The viewer page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import files
from api.accounts import reports
from api.accounts.session import visitor
from api.file_headers import PRIVATE, VARY, cache_control
from api.keys import CORE, URLS
from api.viewer import embeds
from api.viewer.render import page
from api.viewer.staging import staging
from api.views import note_page
from core import sharing
from core.embeds import UNTITLED
from core.services import previews
from core.services.embeds import alternative
from core.words import line

if TYPE_CHECKING:
    from aiohttp import web

    from core.model import Caller
    from core.services.pictures import Picture
    from core.services.signed_links import Shown

PAGE_AGE = 60
"""Seconds that anybody may keep the page, which tells of changes and of deletion."""

HEADING_MAX = 120
"""Characters up to which a caption of one line is the page's heading; a longer one is text."""


async def view(request: web.Request) -> web.StreamResponse:
    """/{id}: a page for people and chats, bytes for whoever asks for an image.

    Raises:
        NotFound: no such image for these eyes.
        Gone: it was public, and is deleted or expired; or the link has expired.
        InvalidInput: a parameter is wrong.
        Forbidden: the link was changed, or asks for what only signed ones or owners may.
    """
    media_id = request.match_info["id"]
    if files.wants_bytes(request):
        return await files.serve(request, media_id, None)
    core, urls = request.app[CORE], request.app[URLS]
    caller = await visitor(request)
    shown = await core.links.follow(media_id, request.query.items(), caller)
    media, now = shown.media, core.clock.now()
    main = core.pictures.find(shown, shown.recipe, caller)
    private = core.delivery.offer(shown, caller).private
    card = await core.embeds.card(media)
    name = line(media.name or "") or UNTITLED
    caption = line(media.caption or "")
    captioned = bool(caption) and caption == media.caption and len(caption) <= HEADING_MAX
    alt = alternative(media)
    link = urls.page(media, core.links.continued(shown, shown.recipe))
    response = page(
        request,
        "viewer.html",
        title=caption or name,
        heading=caption if captioned else name,
        captioned=captioned,
        alt=alt,
        media=media,
        main=main,
        staging=staging(main.width, main.height),
        sources=_sources(request, shown, caller, main),
        link=link,
        copies=_copies(link, main.url, alt),
        author=card.author_name,
        author_url=card.author_url,
        preview=embeds.preview(
            card,
            link,
            [(core.pictures.preview(shown, caller), alt, media.nsfw)],
        ),
        report=reports.address(core, shown),
        oembed=urls.oembed(link),
        until=shown.until,
        left=shown.until and shown.until - now,
    )
    response.headers["Vary"] = VARY
    note_page(request, media, caller)
    if not media.listed:
        response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = (
        PRIVATE if private else cache_control(media, now, PAGE_AGE, shown.until)
    )
    return response


def _sources(request: web.Request, shown: Shown, caller: Caller, main: Picture) -> str:
    """The `srcset`: the picture in its smaller sizes, and itself; nothing if it has none."""
    pictures = request.app[CORE].pictures
    smaller = [
        pictures.find(shown, recipe, caller)
        for recipe in previews.responsive(shown.media, shown.recipe)
    ]
    if not smaller:
        return ""
    return ", ".join(f"{each.url} {each.width}w" for each in (*smaller, main))


def _copies(link: str, src: str, alt: str) -> list[tuple[str, str, str]]:
    """What there is to copy: its label, the text, and what scripts know it by."""
    return [
        ("Link", link, "link"),
        ("Direct link", src, "src"),
        ("Markdown", sharing.markdown(link, src, alt), "markdown"),
        ("HTML", sharing.html(link, src, alt), "html"),
        ("BBCode", sharing.bbcode(link, src), "bbcode"),
    ]
