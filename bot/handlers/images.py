"""Images that are hosted already: telling of them, changing and removing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards import controls, display
from bot.references import meant
from bot.replies import Button, Reply, Style
from bot.texts import Code, joined
from core import sharing, words

if TYPE_CHECKING:
    from bot.options import Values
    from bot.turn import Turn


async def info(turn: Turn, options: Values) -> Reply:
    """All there is to know of an image, with its links as other places want them."""
    return await details(turn, options.get("image"))


async def details(turn: Turn, image: str | None) -> Reply:
    """Likewise, of the image that a button names."""
    found = await meant(turn, image)
    shown = await display(turn, found)
    media = found.shown.media
    src = turn.core.pictures.find(found.shown, found.shown.recipe, found.caller).url
    alt = shown.alt or "Picture"
    copies = [
        ("link", shown.page),
        ("direct", src),
        ("markdown", sharing.markdown(shown.page, src, alt)),
        ("html", sharing.html(shown.page, src, alt)),
        ("bbcode", sharing.bbcode(shown.page, src)),
    ]
    lines = [
        turn.say("info.id", id=Code(media.id)),
        turn.say("info.uploaded", day=words.day(media.created_at)),
        *(turn.say(f"info.{name}", text=Code(text)) for name, text in copies),
    ]
    return Reply(joined(lines), (shown,), (controls(turn, found),), private=True)


async def delete(turn: Turn, options: Values) -> Reply:
    """Ask whether an image is to be deleted."""
    found = await meant(turn, options.get("image"))
    return await ask_to_delete(turn, found.shown.media.id)


async def ask_to_delete(turn: Turn, media_id: str) -> Reply:
    """Ask once; whoever may not delete it is told so already.

    Raises:
        Forbidden: the image is somebody else's.
        NotFound: there is no such image for their eyes.
    """
    _, media = await turn.core.chats.toucher(turn.caller, turn.ask.place, media_id)
    buttons = (
        Button(turn.text("delete.yes"), "delete-now", media.id, Style.DANGER),
        Button(turn.text("delete.no"), "keep", media.id),
    )
    return Reply(turn.say("delete.sure", id=Code(media.id)), (), (buttons,), private=True)


async def delete_now(turn: Turn, media_id: str) -> Reply:
    """Delete an image, for good and at once."""
    right, media = await turn.core.chats.toucher(turn.caller, turn.ask.place, media_id)
    await turn.core.library.delete(right, media.id)
    return Reply(turn.say("delete.done", id=Code(media.id)))


async def keep(turn: Turn, media_id: str) -> Reply:
    """Do not delete it after all."""
    return Reply(turn.say("delete.kept", id=Code(media_id)))
