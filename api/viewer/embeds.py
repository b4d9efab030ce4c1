"""What a page says of itself to chats: OpenGraph, Twitter, colour, Discord's components."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from core import chat_limits as limits
from core.embeds import SITE, UNTITLED, Layout, PictureSize
from core.services.components import Exhibit, component_script
from core.services.linter import site_name, tag_description, tag_title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from core.embeds import Card
    from core.services.pictures import Picture

Pictured: TypeAlias = "tuple[Picture, str, bool]"
"""A picture, its alternative text, and whether it is not for all eyes."""

_TWITTER_CARDS = {
    PictureSize.LARGE: "summary_large_image",
    PictureSize.SMALL: "summary",
    PictureSize.NONE: "summary",
}


@dataclass(frozen=True, slots=True)
class Tag:
    """One `<meta>`; `key` says which of its attributes names it."""

    key: str
    name: str
    content: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a page's head has for chats.

    `url`: the page's own, with what it was asked for. `script`: Discord's component embed.
    """

    url: str
    tags: Sequence[Tag]
    color: str | None
    script: str | None


def preview(card: Card, url: str, pictures: Sequence[Pictured]) -> Preview:
    """The preview of a page by its card.

    Args:
        card: see there.
        url: the page's.
        pictures: first come first.

    """
    card = replace(card, title=card.title or UNTITLED, site_name=site_name(card, SITE))
    script = None
    if card.layout is Layout.COMPONENT:
        exhibits = [
            Exhibit(each.url, alt, spoiler=card.spoiler or hidden)
            for each, alt, hidden in pictures[: limits.GALLERY_ITEMS]
        ]
        script = component_script(card, SITE, exhibits)
    return Preview(url, tuple(_tags(card, url, pictures)), card.color, script)


def _tags(card: Card, url: str, pictures: Sequence[Pictured]) -> Iterator[Tag]:
    alone = card.layout is Layout.IMAGE
    large = PictureSize.LARGE if alone else card.image
    title, description = tag_title(card) or "", tag_description(card)
    yield Tag("property", "og:type", "website")
    yield Tag("property", "og:url", url)
    yield Tag("property", "og:title", title)
    if description:
        yield Tag("property", "og:description", description)
    yield Tag("property", "og:site_name", card.site_name or SITE)
    yield Tag("name", "twitter:card", "photo" if alone else _TWITTER_CARDS[large])
    yield Tag("name", "twitter:title", title)
    if description:
        yield Tag("name", "twitter:description", description)
    if not has_picture(card):
        return
    for each, alt, _ in pictures[: limits.PREVIEW_IMAGES]:
        yield from _image_tags(each, alt)
    for each, alt, _ in pictures[:1]:
        yield Tag("name", "twitter:image", each.url)
        yield Tag("name", "twitter:image:alt", alt)


def _image_tags(each: Picture, alt: str) -> Iterator[Tag]:
    yield Tag("property", "og:image", each.url)
    if each.url.startswith("https:"):
        yield Tag("property", "og:image:secure_url", each.url)
    yield Tag("property", "og:image:type", each.kind.mime)
    yield Tag("property", "og:image:width", str(each.width))
    yield Tag("property", "og:image:height", str(each.height))
    yield Tag("property", "og:image:alt", alt)


def has_picture(card: Card) -> bool:
    """Whether a card shows any picture."""
    return card.layout is Layout.IMAGE or card.image is not PictureSize.NONE
