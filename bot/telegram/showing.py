"""Replies as Telegram's messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram import InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode

from bot.telegram.keyboards import keyboard
from bot.telegram.markup import CAPTION_CHARS, TEXT_CHARS, html
from bot.texts import Bold, joined

if TYPE_CHECKING:
    from bot.languages import Language
    from bot.replies import Display, Reply
    from bot.texts import Words

PHOTO_BYTES = 10 << 20
PHOTO_PIXELS = 10_000
"""Of a photo's width and height together."""

PHOTO_RATIO = 20
"""How many times as long as it is wide a photo may be, or as wide as it is long."""

ALBUM = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message is made of: a text, or a picture that goes along with its caption.

    `pictures`: several that go along; they come before it in a message of their own.
    """

    text: str
    preview: LinkPreviewOptions
    keyboard: InlineKeyboardMarkup | None = None
    picture: Display | None = None
    pictures: tuple[Display, ...] = ()
    keyboard_alone: bool = False

    def as_text(self) -> dict[str, Any]:
        """As a message of text wants it, be it new or an edited one."""
        return {
            "text": self.text,
            "parse_mode": ParseMode.HTML,
            "link_preview_options": self.preview,
            "reply_markup": self.keyboard,
        }


def shown(reply: Reply, language: Language, opened: int | None = None) -> Shown:
    """A reply as a message; `opened`: the menu whose choices are shown."""
    attached = tuple(each for each in reply.pictures[:ALBUM] if _is_attached(each))
    single = attached[0] if len(attached) == 1 else None
    return Shown(
        html(_words(reply), CAPTION_CHARS if single else TEXT_CHARS),
        _preview(reply, hidden=bool(attached)),
        keyboard(reply.controls, language, opened),
        single,
        () if single else attached,
        reply.controls_alone,
    )


def is_photo(size: tuple[int, int]) -> bool:
    """Whether a picture of that size can be a photo; long strips can't."""
    return sum(size) <= PHOTO_PIXELS and max(size) <= PHOTO_RATIO * min(size)


def _is_attached(picture: Display) -> bool:
    """Whether a picture goes along: its link has no preview, or one that is not veiled."""
    if picture.size and not is_photo(picture.size):
        return False
    size = len(picture.data or b"")
    return 0 < size <= PHOTO_BYTES and (picture.spoiler or not picture.url)


def _words(reply: Reply) -> Words:
    """What is said, and of a picture by itself what is said of it."""
    about: list[Words] = []
    if len(reply.pictures) == 1:
        [picture] = reply.pictures
        about = [(Bold(picture.title),) if picture.title else (), picture.words]
        if picture.author and picture.author.strip():
            about.insert(0, (picture.author,))
    return joined([reply.words, *about])


def _preview(reply: Reply, *, hidden: bool) -> LinkPreviewOptions:
    first = next((each for each in reply.pictures if each.url and not each.spoiler), None)
    if hidden or first is None:
        return LinkPreviewOptions(is_disabled=True)
    return LinkPreviewOptions(url=first.page, prefer_large_media=True)
