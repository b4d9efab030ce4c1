"""One image that is hosted already: telling of it, and deleting it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from bot import belongings
from bot.cards import controls, display, for_asker
from bot.references import as_shown, meant
from bot.replies import Button, Reply, Style
from bot.texts import Address, Code, Day, Quote, joined
from core import sharing, words
from core.errors import Gone, NotFound
from core.services.access import owns

if TYPE_CHECKING:
    from bot.asking import Inputs
    from bot.options import Values
    from bot.references import Meant
    from bot.replies import Control
    from bot.texts import Words
    from bot.turn import Turn
    from core.model import Media

ALT_CHARS = 60
NAME_CHARS = 100
CAPTION_CHARS = 300
ATTRIBUTIONS = 8


async def info(turn: Turn, options: Values) -> Reply:
    """All there is to know of an image, with its links as other places want them."""
    return await details(turn, options.get("image"))


async def details(turn: Turn, image: str | None) -> Reply:
    """Likewise, of the image that a button names."""
    found = await meant(turn, image)
    shown = await display(turn, found)
    src = turn.core.pictures.find(found.shown, found.shown.recipe, found.caller).url
    alt = words.line(shown.alt, ALT_CHARS) or turn.text("info.picture")
    copies = [
        ("link", shown.page),
        ("direct", src),
        ("markdown", sharing.markdown(shown.page, src, alt)),
        ("html", sharing.html(shown.page, src, alt)),
        ("bbcode", sharing.bbcode(shown.page, src)),
    ]
    lines = [turn.say(f"info.{name}", text=Code(text)) for name, text in copies]
    told = joined([*lines, *_facts(turn, found), *await _ours(turn, found)])
    others = tuple(each for each in controls(turn, found) if not _is_for_details(each))
    return for_asker(Reply(told, (shown,), (others,)), found)


def _is_for_details(control: Control) -> bool:
    return isinstance(control, Button) and control.action == "details"


async def pick(turn: Turn, _: str, inputs: Inputs) -> Reply:
    """Likewise, of the image that was chosen in a menu."""
    return await details(turn, belongings.chosen(turn, inputs))


async def delete(turn: Turn, options: Values) -> Reply:
    """Ask whether an image is to be deleted, and show it.

    Raises:
        Forbidden: the image is somebody else's.
        NotFound: there is no such image for their eyes.
    """
    found = await meant(turn, options.get("image"))
    _, media = await turn.core.chats.toucher(turn.caller, turn.ask.place, found.shown.media.id)
    shown = await display(turn, found)
    sure = turn.say("delete.sure", id=Code(media.id))
    return for_asker(Reply(sure, (shown,), (_question(turn, media, "kept"),)), found)


async def ask_to_delete(turn: Turn, media_id: str) -> Reply:
    """Ask in place of the buttons of the message that shows the image.

    Whoever may not delete it is told so already: see `delete`.
    """
    _, media = await turn.core.chats.toucher(turn.caller, turn.ask.place, media_id)
    return Reply(controls=(_question(turn, media, "keep"),), controls_alone=True)


async def delete_now(turn: Turn, media_id: str) -> Reply:
    """Delete an image, for good and at once; one that is deleted already stays so."""
    with suppress(Gone):
        right, media = await turn.core.chats.toucher(turn.caller, turn.ask.place, media_id)
        await turn.core.library.delete(right, media.id)
    return Reply(turn.say("delete.done", id=Code(media_id)))


async def keep(turn: Turn, media_id: str) -> Reply:
    """Do not delete it after all: the message has its buttons again."""
    await turn.core.chats.toucher(turn.caller, turn.ask.place, media_id)
    found = await as_shown(turn, media_id)
    row = controls(turn, found)
    if not found.shown.media.public and not found.shown.signed:
        # The message may be one that all read: what became private since is not opened there.
        row = tuple(each for each in row if isinstance(each, Button))
    return Reply(controls=(row,), controls_alone=True)


async def kept(turn: Turn, media_id: str) -> Reply:
    """Likewise, where the message did nothing but ask."""
    _, media = await turn.core.chats.toucher(turn.caller, turn.ask.place, media_id)
    return Reply(turn.say("delete.kept", id=Code(media.id)))


def _question(turn: Turn, media: Media, no: str) -> tuple[Button, Button]:
    return (
        Button(turn.text("delete.yes"), "delete-now", media.id, Style.DANGER),
        Button(turn.text("delete.no"), no, media.id),
    )


def _facts(turn: Turn, found: Meant) -> list[Words]:
    """What everybody may know who sees the image."""
    media = found.shown.media
    lines = [
        turn.say("info.id", id=Code(media.id)),
        turn.say("info.uploaded", day=Day(media.created_at)),
    ]
    if media.name:
        lines.append(turn.say("info.name", name=words.line(media.name, NAME_CHARS)))
    if media.caption:
        caption = words.line(media.caption, CAPTION_CHARS)
        lines.append(turn.say("info.caption", caption=Quote(caption)))
    for name, text in list(media.metadata.items())[:ATTRIBUTIONS]:
        lines.append((f"{name}: {words.line(text, NAME_CHARS)}",))
    return lines


async def _ours(turn: Turn, found: Meant) -> list[Words]:
    """What its team alone is told."""
    media, core = found.shown.media, turn.core
    if not owns(found.caller, media):
        return []
    lines = [turn.say("info.public" if media.public else "info.private")]
    seen = (await core.views.of([media.id])).get(media.id, 0)
    lines.append(turn.say("info.views", count=seen))
    if media.album_id:
        with suppress(NotFound):
            album = await core.albums.find(media.album_id, found.caller)
            title, link = words.line(album.title, NAME_CHARS), Address(core.urls.album(album))
            lines.append(turn.say("info.album", title=title, link=link))
    if media.embed_profile_id:
        mine = await core.embeds.list_all(found.caller)
        named = (each.name for each in mine if each.id == media.embed_profile_id)
        name = next(named, str(media.embed_profile_id))
        lines.append(turn.say("info.embed", name=words.line(name, NAME_CHARS)))
    return lines
