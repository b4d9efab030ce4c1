"""One's images, newest first, in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import belongings, paging
from bot.cards import expiry, facts, page
from bot.references import Meant
from bot.replies import Choice, Menu, Reply
from bot.texts import Address, Bold, joined
from core import words
from core.model import MediaFilter
from core.services.signed_links import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.options import Values
    from bot.replies import Control
    from bot.texts import Words
    from bot.turn import Turn
    from core.model import Media
    from core.services.library import Page

KIND = "images"
PAGE = "page"
LINES = 6
"""Images of a page: their links, which may be long, fit into a message of any platform."""

NAME_CHARS = 40
LABEL_CHARS = 100


async def images(turn: Turn, options: Values) -> Reply:
    """The newest of one's images; with words in caption or name, or of an album.

    Raises:
        InvalidInput: there is no such album.
    """
    library = await turn.core.chats.librarian(turn.caller, turn.ask.place)
    given: str | None = options.get("album")
    album = await belongings.album(turn, library.caller, given) if given else None
    search: str | None = options.get("search")
    state = {"words": search or None, "album": album.id if album else None}
    found = await _page(turn, state, None)
    if not found.media:
        key = "images.none_found" if search or album else "images.none"
        return Reply(turn.say(key), quiet=True)
    turning = await paging.begin(turn, KIND, state, PAGE, found.next_cursor)
    return _shown(turn, found, turning)


async def turn_page(turn: Turn, target: str) -> Reply:
    """Another page, which the target names; pressed twice it is the same one.

    Raises:
        Forbidden: the list is somebody else's.
        NotFound: its buttons are too old.
    """
    opened = await paging.open_page(turn, KIND, target)
    found = await _page(turn, opened.state, opened.cursor)
    return _shown(turn, found, await paging.go_on(turn, opened, PAGE, found.next_cursor))


async def _page(turn: Turn, state: Mapping[str, Any], cursor: str | None) -> Page:
    library = await turn.core.chats.librarian(turn.caller, turn.ask.place)
    chosen = MediaFilter(album_id=state["album"], words=state["words"], seen_by=library.seen_by)
    return await turn.core.library.page(library.caller, chosen, cursor, LINES)


def _shown(turn: Turn, found: Page, turning: tuple[Control, ...]) -> Reply:
    lines = [_line(turn, media) for media in found.media]
    if not lines:
        return Reply(turn.say("images.no_more"), (), (turning,), private=True)
    choices = tuple(
        Choice(words.line(_label(media), LABEL_CHARS), media.id) for media in found.media
    )
    menu = Menu(turn.text("images.pick"), "pick", "", choices)
    rows = ((menu,), turning) if turning else ((menu,),)
    return Reply(joined(lines), (), rows, private=True)


def _line(turn: Turn, media: Media) -> Words:
    """Link, dimensions, expiry."""
    meant = Meant(Shown.plain(media), turn.caller)
    about = [facts(turn, meant), expiry(turn, meant)]
    if not media.public:
        about.append(turn.say("images.private"))
    name = _name(media)
    first: Words = (Bold(name), " ") if name else ()
    return joined([(*first, Address(page(turn, meant))), joined(about, " · ")])


def _name(media: Media) -> str:
    return words.line(media.caption or media.name or "", NAME_CHARS)


def _label(media: Media) -> str:
    name = _name(media)
    return f"{name} ({media.id})" if name else media.id
