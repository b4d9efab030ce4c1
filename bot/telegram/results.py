"""Images as results of Telegram's inline mode."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from telegram import (
    InlineQueryResultArticle,
    InlineQueryResultPhoto,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode

from bot.cards import facts, page
from bot.telegram.answering import plain
from bot.telegram.markup import CAPTION_CHARS, html
from bot.telegram.showing import is_photo
from bot.texts import Address, joined
from core import words
from core.services.previews import jpeg

if TYPE_CHECKING:
    from bot.languages import Language
    from bot.references import Meant
    from bot.replies import Reply
    from bot.texts import Words
    from bot.turn import Turn

    Result: TypeAlias = InlineQueryResultPhoto | InlineQueryResultArticle

THUMBNAIL = 320
TITLE_CHARS = 60
DESCRIPTION_CHARS = 200
ID_CHARS = 32
START = "hello"
"""What the button above results brings along when it opens the bot."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is shown for a query; `button`: above it, and leads to the bot."""

    results: list[Result] = field(default_factory=list)
    next_offset: str = ""
    button: InlineQueryResultsButton | None = None


async def result_of(turn: Turn, meant: Meant) -> Result:
    """An image as a photo with its link.

    Its link alone where Telegram can't fetch the photo, or takes none of its shape, and where not
    everybody may see it: of a private image that is one that opens it, of a veiled one the preview
    is veiled, too.
    """
    media, core = meant.shown.media, turn.core
    link = page(turn, meant)
    known = hashlib.sha256(f"{media.id}?{meant.shown.recipe.key}".encode()).hexdigest()[:ID_CHARS]
    title = words.line(media.caption or media.name or "", TITLE_CHARS) or media.id
    private = () if media.public else turn.say("images.private")
    about = plain(joined([facts(turn, meant), private], " · "))
    veiled = media.nsfw or (await core.embeds.card(media)).spoiler
    recipe = meant.shown.recipe
    picture = core.pictures.find(meant.shown, jpeg(media, recipe), meant.caller)
    photo = is_photo((picture.width, picture.height))
    if not (core.urls.reachable and photo and media.public) or veiled:
        return _article(known, title, about, (Address(link),), link)
    small = core.pictures.find(meant.shown, jpeg(media, recipe, THUMBNAIL), meant.caller)
    caption: Words = (words.line(media.caption),) if media.caption else ()
    return InlineQueryResultPhoto(
        known,
        picture.url,
        small.url,
        photo_width=picture.width,
        photo_height=picture.height,
        title=title,
        description=about,
        caption=html(joined([caption, (Address(link),)]), CAPTION_CHARS),
        parse_mode=ParseMode.HTML,
    )


def nothing(turn: Turn, *, searched: bool) -> Found:
    """There is no such image, or none at all yet: the button leads to where they are made."""
    text = turn.text("inline.none_found" if searched else "inline.none")
    return Found(button=InlineQueryResultsButton(text, start_parameter=START))


def of_failure(refused: Reply, language: Language) -> Found:
    """What is wrong with a query, for whoever typed it to read; it is nothing to be sent."""
    told = plain(refused.words)
    button = InlineQueryResultsButton(language.text("inline.wrong"), start_parameter=START)
    title = words.line(told, TITLE_CHARS)
    rest = words.lines(told)[:DESCRIPTION_CHARS]
    return Found([_article("wrong", title, rest, refused.words, None)], button=button)


def _article(known: str, title: str, about: str, said: Words, link: str | None) -> Result:
    preview = (
        LinkPreviewOptions(url=link, prefer_large_media=True)
        if link
        else LinkPreviewOptions(is_disabled=True)
    )
    content = InputTextMessageContent(html(said), ParseMode.HTML, link_preview_options=preview)
    return InlineQueryResultArticle(known, title, content, description=about)
