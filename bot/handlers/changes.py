"""Changing an image that is hosted already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import belongings
from bot.cards import controls, display, for_asker
from bot.references import Meant, meant
from bot.replies import Reply
from bot.texts import Address, joined
from core.errors import CoreError, InvalidInput
from core.model import UNSET, MediaPatch
from core.services.library import Change

if TYPE_CHECKING:
    from bot.options import Values
    from bot.turn import Turn
    from core.model import Caller, Unset

CHANGES = ("caption", "ttl", "private", "album", "embed")


async def edit(turn: Turn, options: Values) -> Reply:
    """Change what was given, and show the image as it is then.

    Raises:
        InvalidInput: nothing was given, or something that can't be.
        Forbidden: the image is somebody else's.
        NotFound: there is no such image for their eyes.
    """
    if not options.keys() & set(CHANGES):
        raise InvalidInput.on("image", turn.text("edit.nothing", options=_named(turn)))
    found = await meant(turn, options.get("image"))
    right, media = await turn.core.chats.toucher(turn.caller, turn.ask.place, found.shown.media.id)
    filled = await _album(turn, right, options.get("album"))
    try:
        await turn.core.library.change(
            right,
            media.id,
            Change(
                MediaPatch(
                    caption=_caption(options.get("caption")),
                    public=not options["private"] if "private" in options else UNSET,
                    album_id=filled.album.id if isinstance(filled, belongings.Filled) else filled,
                    embed_profile_id=await _profile(turn, options.get("embed")),
                ),
                options.get("ttl", UNSET),
            ),
        )
    except CoreError:
        if isinstance(filled, belongings.Filled) and filled.made:
            await turn.core.albums.delete(right, filled.album.id)
        raise
    now = Meant(await turn.core.links.follow(media.id, found.shown.recipe.values, right), right)
    shown = await display(turn, now)
    told = joined([turn.say("edit.done"), (Address(shown.page),)])
    return for_asker(Reply(told, (shown,), (controls(turn, now),)), now)


async def hide(turn: Turn, media_id: str) -> Reply:
    """Make an image private: its links so far are good no more, a new one is for who asked."""
    return await _turned(turn, media_id, public=False)


async def unhide(turn: Turn, media_id: str) -> Reply:
    """Make an image public."""
    return await _turned(turn, media_id, public=True)


async def _turned(turn: Turn, media_id: str, *, public: bool) -> Reply:
    right, media = await turn.core.chats.toucher(turn.caller, turn.ask.place, media_id)
    await turn.core.library.change(right, media.id, Change(MediaPatch(public=public)))
    now = Meant(await turn.core.links.follow(media.id, (), right), right)
    shown = await display(turn, now)
    told = joined([turn.say("edit.shown" if public else "edit.hidden"), (Address(shown.page),)])
    return for_asker(Reply(told, (shown,), (controls(turn, now),)), now)


def _named(turn: Turn) -> str:
    return ", ".join(turn.ask.language.option(name) for name in CHANGES)


def _caption(given: str | None) -> str | Unset | None:
    if given is None:
        return UNSET
    return None if belongings.is_none(given) else given


async def _album(turn: Turn, right: Caller, given: str | None) -> belongings.Filled | Unset | None:
    if given is None:
        return UNSET
    return None if belongings.is_none(given) else await belongings.album_to_fill(turn, right, given)


async def _profile(turn: Turn, given: str | None) -> int | Unset | None:
    if given is None:
        return UNSET
    return None if belongings.is_none(given) else (await belongings.profile(turn, given)).id
