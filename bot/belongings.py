"""What people have beside images (albums, embed profiles, keys), by what they call it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from core import words
from core.albums import check_title
from core.errors import InvalidInput, NotFound
from core.ids import row_number
from core.services.albums import AlbumChange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.asking import Inputs
    from bot.turn import Turn
    from core.albums import Album
    from core.embeds import EmbedProfile
    from core.model import ApiKey, Caller

OneT = TypeVar("OneT")

NAME_CHARS = 60
"""Of a name that is told back."""

_NONE = frozenset({"none", "-", "keine", "keines", "keins", "kein"})


def is_none(given: str) -> bool:
    """Whether somebody says that there shall be none."""
    return given.strip().lower() in _NONE


@dataclass(frozen=True, slots=True)
class Filled:
    """An album for new images; `made`: it was made for them."""

    album: Album
    made: bool


async def album(turn: Turn, caller: Caller, given: str) -> Album:
    """One of the team's albums, by id or title.

    Raises:
        InvalidInput: there is none.
    """
    found = await turn.core.albums.named(caller, given)
    if found is None:
        raise InvalidInput.on("album", turn.text("album.unknown", name=_told(given)))
    return found


async def album_to_fill(turn: Turn, caller: Caller, given: str) -> Filled:
    """Likewise, made if there is none of that title.

    Raises:
        InvalidInput: that can't be a title.
    """
    found = await turn.core.albums.named(caller, given)
    if found:
        return Filled(found, made=False)
    try:
        title = check_title(given.strip())
    except ValueError as err:
        raise InvalidInput.on("album", str(err)) from err
    return Filled(await turn.core.albums.add(caller, AlbumChange(title=title)), made=True)


async def profile(turn: Turn, given: str) -> EmbedProfile:
    """One of the person's embed profiles, by id or name.

    Raises:
        InvalidInput: there is none.
    """
    mine = await turn.core.embeds.list_all(turn.caller)
    found = _named(given, ((str(each.id), each.name, each) for each in mine))
    if found is None:
        near = get_close_matches(given, [each.name for each in mine], n=1)
        key = "embed.unknown_near" if near else "embed.unknown"
        told = {"near": words.line(near[0], NAME_CHARS)} if near else {}
        raise InvalidInput.on("embed", turn.text(key, name=_told(given), **told))
    return found


def number(turn: Turn, target: str) -> int:
    """The number that a button names; a platform may bring what nobody made.

    Raises:
        NotFound: it names none.
    """
    found = row_number(target)
    if found is None:
        raise NotFound(turn.text("failure.old_button"))
    return found


def chosen(turn: Turn, inputs: Inputs) -> str:
    """What was chosen in a menu.

    Raises:
        NotFound: nothing was.
    """
    value: str = inputs.get("value", "")
    if not value:
        raise NotFound(turn.text("failure.old_button"))
    return value


async def key(turn: Turn, given: str) -> ApiKey:
    """One of the person's API keys, by id or name.

    Raises:
        InvalidInput: there is none.
    """
    mine = await turn.core.accounts.list_keys(turn.caller)
    found = _named(given, ((str(each.id), each.name, each) for each in mine))
    if found is None:
        raise InvalidInput.on("key", turn.text("key.unknown", name=_told(given)))
    return found


def _told(given: str) -> str:
    return words.line(given, NAME_CHARS)


def _named(given: str, there: Iterable[tuple[str, str, OneT]]) -> OneT | None:
    """Of things with id and name the one that is meant: an id is meant before a name."""
    known, wanted = list(there), given.strip().casefold()
    by_id = (one for id_, _, one in known if id_ == wanted)
    by_name = (one for _, name, one in known if name.strip().casefold() == wanted)
    return next(by_id, None) or next(by_name, None)
