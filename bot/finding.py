"""The pictures of a message, wherever they are in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from bot.asking import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.asking import Message
    from core.urls import Urls

MOST = 10
"""Pictures of one message that are hosted: what a message of either platform can carry."""

Source: TypeAlias = File | str
"""Where a picture comes from: a file of the platform's, or an address."""

_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^{}]+", re.IGNORECASE)
_AFTERTHOUGHT = ".,;:!?)]}*_~"
_PICTURE = re.compile(
    r"https?://[^/?#]+/[^?#]*\.(?:jpe?g|png|gif|webp|avif|hei[cf]|svg|bmp|ico|tiff?)(?:[?#].*)?",
    re.IGNORECASE,
)


def addresses(text: str) -> Iterator[str]:
    """The addresses that a text names, in their order, without the punctuation after them."""
    for found in _ADDRESS.finditer(text):
        yield found[0].rstrip(_AFTERTHOUGHT)


def address(source: Source) -> str | None:
    """The public address of a picture, where it has one."""
    return source if isinstance(source, str) else source.source


def is_own(url: str | None, urls: Urls) -> bool:
    """Whether an address is one of this server's."""
    return url is not None and url.startswith(
        tuple(f"{base}/" for base in (urls.public, urls.media))
    )


def is_picture(url: str) -> bool:
    """Whether an address is one of a picture, by its look."""
    return _PICTURE.fullmatch(url) is not None


def own_link(message: Message, urls: Urls) -> str | None:
    """The first link of ours that a message shows or names."""
    shown = [*addresses(message.text), *map(address, message.files), *message.links]
    return next((each for each in shown if is_own(each, urls)), None)


def pictures(message: Message) -> list[str]:
    """Addresses of pictures that it shows without carrying them, or names; each once."""
    named = (each for each in addresses(message.text) if is_picture(each))
    return list(dict.fromkeys((*message.links, *named)))[:MOST]


def sources(message: Message, urls: Urls) -> list[Source]:
    """All pictures that a message carries, shows or names: links of ours first, each once.

    Of what is named, shown from its address and copied by the platform one is taken; what the bot
    itself shows, its links name.
    """
    mine = [each for each in addresses(message.text) if is_own(each, urls)]
    if message.own and mine:
        return list(dict.fromkeys(mine))
    copied = {file.source for file in message.files}
    named = (each for each in pictures(message) if each not in copied)
    found: list[Source] = [*mine, *message.files, *named]
    return list({address(each) or each: each for each in reversed(found)}.values())[::-1]
