"""An image as an answer shows it: the picture, what is said of it, its buttons."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.replies import Button, CopyButton, Display, LinkButton, Style
from bot.texts import Moment, joined
from core import words
from core.services.previews import preview

if TYPE_CHECKING:
    from bot.references import Meant
    from bot.replies import Control, Reply
    from bot.texts import Words
    from bot.turn import Turn

ALT_CHARS = 1_000
ATTACHED_BYTES = 10 << 20
"""What both platforms take with a message from a bot."""


async def display(turn: Turn, meant: Meant) -> Display:
    """What chats show of a link.

    The picture goes along where they can't reach this server, and where it is to be veiled.
    """
    core, shown = turn.core, meant.shown
    media = shown.media
    card = await core.embeds.card(media)
    found = core.pictures.preview(shown, meant.caller)
    data = await _made(turn, meant, needed=card.spoiler or not core.urls.reachable)
    texts = (media.metadata.get("alt"), media.caption, media.name)
    return Display(
        page=page(turn, meant),
        alt=next((words.line(text, ALT_CHARS) for text in texts if text), ""),
        url=found.url if core.urls.reachable else None,
        data=data,
        name=f"{media.id}.{found.kind.extension}",
        size=(found.width, found.height),
        title=words.line(card.title or ""),
        words=joined([facts(turn, meant), expiry(turn, meant)]),
        colour=card.color,
        author=words.line(card.author_name or "") or None,
        author_url=card.author_url,
        spoiler=card.spoiler,
    )


def page(turn: Turn, meant: Meant) -> str:
    """The link to hand on: of a private image one that opens it for a week."""
    core, shown = turn.core, meant.shown
    return core.urls.page(shown.media, core.links.continued(shown, shown.recipe))


def for_asker(reply: Reply, meant: Meant) -> Reply:
    """A reply that nobody else wants; of a private image nobody else may read it."""
    return replace(reply, private=not meant.shown.media.public, quiet=True)


def facts(turn: Turn, meant: Meant) -> Words:
    """Dimensions, size and format of what a link shows."""
    found = turn.core.pictures.find(meant.shown, meant.shown.recipe, meant.caller)
    size = "" if found.size is None else f" · {turn.size(found.size)}"
    return (f"{found.width} × {found.height}{size} · {found.kind.name.upper()}",)


def expiry(turn: Turn, meant: Meant) -> Words:
    """When it ends, if it does."""
    until = meant.shown.until
    return turn.say("image.expires", when=Moment(until)) if until else ()


def controls(turn: Turn, meant: Meant) -> tuple[Control, ...]:
    """The buttons below an image: those with an address only where that leads somewhere."""
    media, link = meant.shown.media, page(turn, meant)
    other = "hide" if media.public else "unhide"
    leads: list[Control] = [CopyButton(turn.text("button.copy"), link)]
    if turn.core.urls.reachable:
        leads.insert(0, LinkButton(turn.text("button.open"), link))
    return (
        *leads,
        Button(turn.text("button.transform"), "transform", media.id),
        Button(turn.text("button.details"), "details", media.id),
        Button(turn.text(f"button.{other}"), other, media.id),
        Button(turn.text("button.delete"), "delete", media.id, Style.DANGER),
    )


async def _made(turn: Turn, meant: Meant, *, needed: bool) -> bytes | None:
    """Have the picture that chats show made: what fails is told now, not by a hole in the chat.

    Gives its bytes where they are needed, to be sent along, and are not too many for that.
    """
    delivery, shown = turn.core.delivery, meant.shown
    recipe = preview(shown.media, shown.recipe)
    offer = delivery.offer(replace(shown, recipe=recipe), meant.caller)
    async with delivery.open(offer, meant.caller) as content:
        if not needed or content.size > ATTACHED_BYTES:
            return None
        async with aclosing(content.stream(0, content.size)) as chunks:
            return b"".join([chunk async for chunk in chunks])
