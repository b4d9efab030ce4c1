"""One's images, newest first, in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot import belongings
from bot.cards import expiry, facts, page
from bot.references import Meant
from bot.replies import Button, Choice, Menu, Reply
from bot.texts import Address, Bold, joined
from core import words
from core.errors import NotFound
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
    state: dict[str, Any] = {
        "words": search or None,
        "album": album.id if album else None,
        "cursors": [None],
    }
    found = await _page(turn, state, 0)
    if not found.media:
        key = "images.none_found" if search or album else "images.none"
        return Reply(turn.say(key), private=True)
    if found.next_cursor is None:
        return _shown(turn, found, ())
    state["cursors"] = [None, found.next_cursor]
    kept = await turn.core.conversations.begin(turn.caller, KIND, state)
    return _shown(turn, found, _turning(turn, kept.id, 0, last=False))


async def turn_page(turn: Turn, target: str) -> Reply:
    """Another page, which the target names; pressed twice it is the same one.

    Raises:
        Forbidden: the list is somebody else's.
        NotFound: its buttons are too old.
    """
    kept_id, _, number = target.partition(":")
    kept = await turn.core.conversations.find(turn.caller, kept_id)
    at, known = int(number), len(kept.state["cursors"])
    if not 0 <= at < known:
        raise NotFound
    found = await _page(turn, kept.state, at)
    if found.next_cursor is not None and at + 1 == known:

        def grow(state: Mapping[str, Any]) -> Mapping[str, Any]:
            cursors = [*state["cursors"][: at + 1], found.next_cursor]
            return state if len(state["cursors"]) > at + 1 else {**state, "cursors": cursors}

        await turn.core.conversations.change(turn.caller, kept_id, grow)
    controls = _turning(turn, kept_id, at, last=found.next_cursor is None)
    return _shown(turn, found, controls)


async def _page(turn: Turn, state: Mapping[str, Any], number: int) -> Page:
    library = await turn.core.chats.librarian(turn.caller, turn.ask.place)
    chosen = MediaFilter(album_id=state["album"], words=state["words"], seen_by=library.seen_by)
    return await turn.core.library.page(library.caller, chosen, state["cursors"][number], LINES)


def _shown(turn: Turn, found: Page, turning: tuple[Control, ...]) -> Reply:
    lines = [_line(turn, media) for media in found.media]
    if not lines:
        return Reply(turn.say("images.no_more"), (), (turning,), private=True)
    choices = tuple(
        Choice(words.line(f"{_name(media)} ({media.id})", LABEL_CHARS), media.id)
        for media in found.media
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


def _turning(turn: Turn, kept_id: str, at: int, *, last: bool) -> tuple[Button, Button]:
    newer = f"{kept_id}:{max(at - 1, 0)}"
    return (
        Button(turn.text("images.newer"), "page", newer, enabled=at > 0),
        Button(turn.text("images.older"), "page", f"{kept_id}:{at + 1}", enabled=not last),
    )
