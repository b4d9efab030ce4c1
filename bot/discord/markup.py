"""Texts as Discord's markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.markup import fitted
from bot.texts import Address, Bold, Channel, Code, Day, Moment, Quote
from core import words as core_words

if TYPE_CHECKING:
    from bot.texts import Span, Words

CONTENT_CHARS = 2_000
_NO_TICK = "\u02cb"
"""Looks like the tick that ends code, and does not."""

_ACTIVE = re.compile(r"[\\*_~|`<>\[\]@]|:(?=//|[\w~+-]+:)")
"""What begins or ends markup anywhere: links, names of emoji and mentions, too."""

_LEADING = re.compile(
    r"^([^\S\n]*)(?=(?:#{1,3}|-#|[+-])(?:\s|$))|^([^\S\n]*\d+)(?=[.)](?:\s|$))", re.MULTILINE
)
"""What makes a line a heading, small print, or a list's."""


def markdown(words: Words, most: int = CONTENT_CHARS) -> str:
    """Texts for a message; what people typed is no markup in it, links have no preview.

    What is too long ends in an ellipsis, and never within a link or amid markup.
    """
    return fitted(words, most, _written)


def _written(span: Span) -> str:
    match span:
        case Bold(text):
            return f"**{_plain(text)}**"
        case Code(text):
            return _code(_clean(text))
        case Address(url):
            return f"<{url.replace('>', '%3E')}>"
        case Quote(text):
            return "\n".join(f"> {_plain(line)}" for line in text.splitlines())
        case Moment() | Day() | Channel():
            return _filled_in(span)
    return _plain(span)


def _code(text: str) -> str:
    return f"`{text.replace('`', _NO_TICK)}`" if text else ""


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
    """Escaped by ourselves: the library's own way lets links, mentions and times through."""
    return _LEADING.sub(r"\1\2\\", _ACTIVE.sub(r"\\\g<0>", _clean(text)))


def _clean(text: str) -> str:
    return core_words.straight(core_words.lines(text))
