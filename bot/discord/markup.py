"""Texts as Discord's markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord.utils import escape_markdown, escape_mentions

from bot.texts import Address, Bold, Channel, Code, Day, Moment, Quote

if TYPE_CHECKING:
    from bot.texts import Span, Words

CONTENT_CHARS = 2_000
_NO_TICK = "\u02cb"
"""Looks like the tick that ends code, and does not."""


def markdown(words: Words, most: int = CONTENT_CHARS) -> str:
    """Texts for a message; what people typed is no markup in it, links have no preview."""
    written = "".join(map(_written, words))
    return written if len(written) <= most else written[: most - 1] + "…"


def _written(span: Span) -> str:
    match span:
        case Bold(text):
            return f"**{_plain(text)}**"
        case Code(text):
            return f"`{text.replace('`', _NO_TICK)}`"
        case Address(url):
            return f"<{url}>"
        case Quote(text):
            return "\n".join(f"> {_plain(line)}" for line in text.splitlines())
        case Moment() | Day() | Channel():
            return _filled_in(span)
    return _plain(span)


def _filled_in(span: Moment | Day | Channel) -> str:
    """What each reader's own client writes."""
    match span:
        case Moment(time):
            return f"<t:{int(time.timestamp())}:R>"
        case Day(time):
            return f"<t:{int(time.timestamp())}:D>"
        case Channel(number):
            return f"<#{number}>"


def _plain(text: str) -> str:
    return escape_mentions(escape_markdown(text))
