"""The pictures of a message, wherever they are in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.asking import Message
    from core.urls import Urls

MOST = 10
"""Pictures of one message that are hosted: what a message of either platform can carry."""

_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^{}]+", re.IGNORECASE)
_AFTERTHOUGHT = ".,;:!?)]}*_~"
_PICTURE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif|hei[cf]|svg|bmp|ico|tiff?)$", re.IGNORECASE)


def addresses(text: str) -> Iterator[str]:
    """The addresses that a text names, in their order, without the punctuation after them."""
    for found in _ADDRESS.finditer(text):
        yield found[0].rstrip(_AFTERTHOUGHT)


def own_link(message: Message, urls: Urls) -> str | None:
    """The first link of ours that a message shows or names."""
    mine = tuple(f"{base}/" for base in (urls.public, urls.media))
    return next((each for each in _all(message) if each.startswith(mine)), None)


def pictures(message: Message) -> list[str]:
    """Addresses of pictures that it shows without carrying them, or names; each once."""
    named = (each for each in addresses(message.text) if _PICTURE.search(urlsplit(each).path))
    return list(dict.fromkeys((*message.links, *named)))[:MOST]


def _all(message: Message) -> Iterator[str]:
    yield from addresses(message.text)
    yield from message.links
