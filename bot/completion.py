"""What somebody may mean by the start of a reference: of what is theirs, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.replies import Choice
from core import words
from core.model import MediaFilter

if TYPE_CHECKING:
    from bot.options import Reference
    from bot.turn import Turn

MOST = 25
LABEL_CHARS = 100
NAME_CHARS = 80


async def complete(turn: Turn, kind: Reference, text: str) -> list[Choice]:
    """At most 25 choices."""
    return (await _BY_KIND[kind.of](turn, text.strip()))[:MOST]


async def _images(turn: Turn, text: str) -> list[Choice]:
    library = await turn.core.chats.librarian(turn.caller, turn.ask.place)
    chosen = MediaFilter(words=text or None, seen_by=library.seen_by)
    page = await turn.core.library.page(library.caller, chosen, None, MOST)
    return [
        _choice(media.caption or media.name or "", str(media.id), media.id) for media in page.media
    ]


async def _albums(turn: Turn, text: str) -> list[Choice]:
    library = await turn.core.chats.librarian(turn.caller, turn.ask.place)
    page = await turn.core.albums.page(library.caller, None, MOST, text or None)
    return [_choice(album.title, str(album.media_count), album.id) for album in page.albums]


async def _profiles(turn: Turn, text: str) -> list[Choice]:
    found = await turn.core.embeds.list_all(turn.caller)
    return [
        _choice(each.name, str(each.id), str(each.id))
        for each in reversed(found)
        if text.casefold() in each.name.casefold()
    ]


async def _keys(turn: Turn, text: str) -> list[Choice]:
    found = await turn.core.accounts.list_keys(turn.caller)
    return [
        _choice(each.name, str(each.id), str(each.id))
        for each in reversed(found)
        if text.casefold() in each.name.casefold() or text == str(each.id)
    ]


def _choice(name: str, behind: str, value: str) -> Choice:
    return Choice(words.line(f"{words.line(name, NAME_CHARS)} ({behind})", LABEL_CHARS), value)


_BY_KIND = {"image": _images, "album": _albums, "embed": _profiles, "key": _keys}
