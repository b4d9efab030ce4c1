"""Rules for embeds."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from discord_platform.rules.form import Spot

EMBEDS_MAX, FIELDS_MAX, CHARACTERS_MAX = 10, 25, 6000
TITLE_MAX, DESCRIPTION_MAX, NAME_MAX, FOOTER_MAX, AUTHOR_MAX = 256, 4096, 256, 2048, 256
VALUE_MAX, URL_MAX, COLOUR_MAX = 1024, 2048, 0xFFFFFF
WEB, MEDIA = ("http", "https"), ("http", "https", "attachment")


def check_embeds(embeds: Spot) -> None:
    size = 0
    for embed in embeds.items(0, EMBEDS_MAX):
        if embed.table(required=True):
            size += _check(embed)
    if size > CHARACTERS_MAX:
        message = f"Embed size exceeds maximum size of {CHARACTERS_MAX}"
        embeds.blame("MAX_EMBED_SIZE_EXCEEDED", message)


def _check(embed: Spot) -> int:
    """Check one; gives how many characters it has."""
    texts = [embed["title"].text(0, TITLE_MAX), embed["description"].text(0, DESCRIPTION_MAX)]
    embed["url"].url(URL_MAX, *WEB)
    embed["color"].number(0, COLOUR_MAX)
    _check_time(embed["timestamp"])
    for name in ("image", "thumbnail"):
        if embed[name].table():
            embed[name]["url"].url(URL_MAX, *MEDIA, required=True)
    if embed["footer"].table():
        texts.append(embed["footer"]["text"].text(1, FOOTER_MAX, required=True))
        embed["footer"]["icon_url"].url(URL_MAX, *MEDIA)
    if embed["author"].table():
        texts.append(embed["author"]["name"].text(1, AUTHOR_MAX, required=True))
        embed["author"]["url"].url(URL_MAX, *WEB)
        embed["author"]["icon_url"].url(URL_MAX, *MEDIA)
    for field in embed["fields"].items(0, FIELDS_MAX):
        for name, most in (("name", NAME_MAX), ("value", VALUE_MAX)):
            text = field[name].text(1, most, required=True)
            if text is not None and not text.strip():
                field[name].need_text()
            texts.append(text)
    return sum(len(text) for text in texts if text)


def _check_time(moment: Spot) -> None:
    if moment.given:
        try:
            datetime.fromisoformat(moment.value)
        except (TypeError, ValueError):
            message = f"Could not parse {moment.value}. Should be ISO8601."
            moment.blame("DATETIME_TYPE_CONVERT", message)
