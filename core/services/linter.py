"""What each chat shows of a card, and what it cuts, leaves out or refuses: the linter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from core import chat_limits as limits
from core.embeds import BUILT_IN, Button, Layout, PictureSize
from core.services.components import refusals
from core.words import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.embeds import Card, Look
    from core.services.components import Exhibit

Chat = Literal["discord", "telegram"]
Effect = Literal["cut", "ignored", "refused"]

CHATS: tuple[Chat, ...] = ("discord", "telegram")

_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Finding:
    """What happens to a field: `cut`, `ignored` (not shown there), or `refused` with its whole."""

    chat: Chat
    field: str
    effect: Effect
    message: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What one chat shows. None: nothing there."""

    chat: Chat
    layout: Layout
    picture: PictureSize
    title: str | None = None
    description: str | None = None
    site_name: str | None = None
    author_name: str | None = None
    author_url: str | None = None
    color: str | None = None
    spoiler: bool = False
    buttons: tuple[Button, ...] = ()


def inspect(
    card: Card, look: Look, site: str, picture: Exhibit
) -> tuple[list[Shown], list[Finding]]:
    """What Discord and Telegram show of a card, and what becomes of the rest.

    `look` is what the card was filled in from; `site` stands where it names no site.
    """
    refused: list[str] = []
    if card.layout is Layout.COMPONENT:
        refused = refusals(replace(card, site_name=site_name(card, site)), site, [picture])
    layout = Layout.CARD if refused else card.layout
    findings = [
        *_of_every_chat(card, look),
        *_of_discord(card, look, layout),
        *_of_components(card, look, refused),
        *_of_telegram(card, look),
    ]
    return [_discord(card, layout, site), _telegram(card, site)], findings


def site_name(card: Card, site: str) -> str:
    """The site that a card names, or this one."""
    return line(card.site_name or site, limits.DISCORD_SITE_NAME_CHARS)


def cut(text: str | None, longest: int, lines: int) -> str | None:
    r"""A text of at most so many bytes of UTF-8 and lines, as Discord cuts it.

    >>> cut("ööö", 5, 1), cut("ööö", 6, 1), cut("a b\nc", 99, 1)
    ('ö…', 'ööö', 'a b…')
    """
    if text is None:
        return None
    kept = "\n".join(text.splitlines()[:lines])
    whole = len(text.splitlines()) <= lines
    if whole and len(text.encode()) <= longest:
        return text
    room = longest - len(_ELLIPSIS.encode())
    short = kept.encode()[:room].decode(errors="ignore") if len(kept.encode()) > room else kept
    return short.rstrip() + _ELLIPSIS


def _discord(card: Card, layout: Layout, site: str) -> Shown:
    if layout is Layout.IMAGE:
        return Shown("discord", layout, PictureSize.LARGE)
    whole = layout is Layout.COMPONENT  # it is one text, with no length of its own
    return Shown(
        "discord",
        layout,
        card.image,
        title=card.title if whole else tag_title(card),
        description=card.description if whole else tag_description(card),
        site_name=site_name(card, site),
        author_name=card.author_name,
        author_url=card.author_url if card.author_name else None,
        color=card.color,
        spoiler=card.spoiler and whole,
        buttons=tuple(_button(one) for one in card.buttons) if whole else (),
    )


def tag_title(card: Card) -> str | None:
    """As much of the title as the page's tags have, which are the same for every chat."""
    return cut(card.title, limits.DISCORD_TITLE_BYTES, limits.DISCORD_TITLE_LINES)


def tag_description(card: Card) -> str | None:
    """Likewise of the description; none where the picture is shown alone."""
    if card.layout is Layout.IMAGE:
        return None
    return cut(card.description, limits.DISCORD_DESCRIPTION_BYTES, limits.DISCORD_DESCRIPTION_LINES)


def _button(button: Button) -> Button:
    return Button(button.label[: limits.BUTTON_LABEL_CHARS], button.url)


def _telegram(card: Card, site: str) -> Shown:
    layout = Layout.IMAGE if card.layout is Layout.IMAGE else Layout.CARD
    return Shown(
        "telegram",
        layout,
        PictureSize.LARGE if layout is Layout.IMAGE else card.image,
        title=tag_title(card),
        description=tag_description(card),
        site_name=site_name(card, site),
    )


def _of_every_chat(card: Card, look: Look) -> Iterator[Finding]:
    """What the profile itself contradicts."""
    if look.author_url and not card.author_name:
        yield Finding(
            "discord", "author_url", "ignored", "An author's address needs an author_name."
        )
    if look.layout is Layout.IMAGE and look.image is not BUILT_IN.image:
        for chat in CHATS:
            yield Finding(
                chat, "image", "ignored", "The layout `image` always shows the picture large."
            )


def _of_discord(card: Card, look: Look, layout: Layout) -> Iterator[Finding]:
    if look.layout is Layout.IMAGE:
        for field in ("title", "description", "color", "author_name", "site_name"):
            if getattr(look, field):
                yield Finding(
                    "discord", field, "ignored", "The layout `image` shows the picture alone."
                )
    if look.layout is not Layout.COMPONENT:
        yield from _for_components_alone(look)
    yield from _of_tags(card, _discord(card, layout, ""))


def _for_components_alone(look: Look) -> Iterator[Finding]:
    if look.buttons:
        yield Finding(
            "discord", "buttons", "ignored", "Buttons stand in the layout `component` alone."
        )
    if look.spoiler:
        yield Finding(
            "discord", "spoiler", "ignored", "Only the layout `component` can hide a picture."
        )


def _of_tags(card: Card, shown: Shown) -> Iterator[Finding]:
    """What is longer than the page's tags. They are cut for Discord, and every chat reads them."""
    if shown.title and shown.title != card.title:
        yield Finding(
            shown.chat,
            "title",
            "cut",
            f"Discord shows {limits.DISCORD_TITLE_BYTES} bytes and "
            f"{limits.DISCORD_TITLE_LINES} lines of a title.",
        )
    if shown.description and shown.description != card.description:
        yield Finding(
            shown.chat,
            "description",
            "cut",
            f"Discord shows {limits.DISCORD_DESCRIPTION_BYTES} bytes and "
            f"{limits.DISCORD_DESCRIPTION_LINES} lines of a description.",
        )
    if card.site_name and len(card.site_name) > limits.DISCORD_SITE_NAME_CHARS:
        yield Finding(
            shown.chat,
            "site_name",
            "cut",
            f"Over {limits.DISCORD_SITE_NAME_CHARS} characters Discord shows no preview at all, "
            "so the page cuts it.",
        )


def _of_components(card: Card, look: Look, refused: Sequence[str]) -> Iterator[Finding]:
    if look.layout is not Layout.COMPONENT:
        return
    if refused:
        yield Finding(
            "discord",
            "layout",
            "refused",
            f"Discord would refuse the components ({', '.join(refused)}), so the card is shown.",
        )
    if any(len(button.label) > limits.BUTTON_LABEL_CHARS for button in card.buttons):
        yield Finding(
            "discord",
            "buttons",
            "cut",
            f"A label may have {limits.BUTTON_LABEL_CHARS} characters.",
        )
    if len(card.buttons) < len(look.buttons):
        yield Finding("discord", "buttons", "ignored", "With this image a button's label is empty.")


def _of_telegram(card: Card, look: Look) -> Iterator[Finding]:
    unknown = {
        "color": look.color,
        "author_name": card.author_name,
        "buttons": look.buttons,
        "spoiler": look.spoiler,
    }
    for field, given in unknown.items():
        if given:
            yield Finding("telegram", field, "ignored", "Telegram's previews have none.")
    if look.layout is Layout.IMAGE and look.description:
        yield Finding(
            "telegram", "description", "ignored", "The layout `image` shows the picture alone."
        )
    yield from _of_tags(card, _telegram(card, ""))
    if look.layout is Layout.COMPONENT:
        yield Finding(
            "telegram", "layout", "ignored", "Telegram knows no components; it shows the card."
        )
