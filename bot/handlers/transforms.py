"""Changing how a picture looks: the link of the changed one, or a new image."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot import finding
from bot.cards import controls, display, page
from bot.handlers import editor
from bot.hosting import host
from bot.parameters import OFFERED, changed
from bot.references import Meant, meant
from bot.replies import Reply
from bot.texts import Address
from core.services.uploads import Wishes

if TYPE_CHECKING:
    from bot.options import Values
    from bot.turn import Turn
    from core.imaging.transforms.recipe import Recipe


async def transform(turn: Turn, options: Values) -> Reply:
    """Show the picture as the options ask for; without any, open the editor."""
    found = await picture(turn, options.get("image"))
    asked = [(name, options[name]) for name in OFFERED if name in options]
    if not asked:
        return await editor.open_editor(turn, found)
    recipe = changed(found.shown.recipe, asked)
    if options.get("save"):
        return await save(turn, found, recipe)
    return await answer(turn, transformed(found, recipe))


async def picture(turn: Turn, given: str | None) -> Meant:
    """The image that is meant; a picture that is none of ours yet is hosted first."""
    message = turn.ask.message
    if not given and message and not finding.own_link(message, turn.core.urls):
        sources = finding.sources(message, turn.core.urls)
        if sources:
            return (await host(turn, sources[:1], {})).meant[0]
    return await meant(turn, given)


def transformed(found: Meant, recipe: Recipe) -> Meant:
    """The same image by another recipe."""
    return replace(found, shown=replace(found.shown, recipe=recipe))


async def answer(turn: Turn, found: Meant) -> Reply:
    """A picture with its link."""
    shown = await display(turn, found)
    told = (Address(page(turn, found)),)
    hidden = not found.shown.media.public
    return Reply(told, (shown,), (controls(turn, found),), private=hidden)


async def save(turn: Turn, found: Meant, recipe: Recipe) -> Reply:
    """Host what a recipe makes of an image as one of its own."""
    core, place = turn.core, turn.ask.place
    caller, _ = await core.chats.uploader(turn.caller, place)
    media = found.shown.media
    wishes = Wishes(
        caption=media.caption, public=media.public, external_id=f"{turn.ask.origin}:saved"
    )
    new = await core.intake.rendition(caller, transformed(found, recipe).shown, wishes)
    await core.chats.note(caller, place, new)
    saved = Meant(await core.links.follow(new.id, (), caller), caller)
    return await answer(turn, saved)


async def save_edited(turn: Turn, target: str) -> Reply:
    """Likewise, what an editor shows."""
    found = await editor.picture_of(turn, target)
    return await save(turn, found, found.shown.recipe)
