"""The images of whoever is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.accounts.forms import form_page
from api.accounts.session import caller_of, must_be_signed_in
from api.keys import CORE
from core.model import MediaFilter
from core.services.previews import thumbnail
from core.services.signed_links import Shown
from core.words import line

if TYPE_CHECKING:
    from aiohttp import web

    from core.bootstrap import Core
    from core.model import Caller, Media
    from core.services.pictures import Picture

PAGE = 30


@dataclass(frozen=True, slots=True)
class Entry:
    """One image of the page."""

    media: Media
    link: str
    small: Picture
    name: str


async def show(request: web.Request) -> web.Response:
    """GET /images, with `?cursor=` for older ones.

    Raises:
        InvalidInput: the cursor is not one that we gave to this team.
    """
    person = await must_be_signed_in(request)
    core, caller = request.app[CORE], caller_of(person)
    cursor = request.query.get("cursor")
    found = await core.library.page(caller, MediaFilter(), cursor, PAGE)
    return form_page(
        request,
        "images.html",
        title="Your images",
        person=person,
        entries=[_entry(core, media, caller) for media in found.media],
        next_cursor=found.next_cursor,
        first=cursor is None,
        now=core.clock.now(),
    )


def _entry(core: Core, media: Media, caller: Caller) -> Entry:
    shown = Shown.plain(media)
    return Entry(
        media,
        core.urls.page(media, core.links.continued(shown, shown.recipe)),
        core.pictures.find(shown, thumbnail(media), caller),
        line(media.caption or media.name or "") or media.id,
    )
