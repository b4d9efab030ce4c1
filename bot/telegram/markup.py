"""Texts as Telegram's HTML."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING

from bot.markup import fitted
from bot.texts import Address, Bold, Channel, Code, Day, Moment, Quote
from core import words as core_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.texts import Span, Words

TEXT_CHARS = 4_096
CAPTION_CHARS = 1_024
ENTITIES = 100
"""Of what is more than text Telegram shows so many; what comes after them is plain."""

_JOINER = "\u2060"
"""Nothing to see, and it keeps clients from making links and mentions of what people typed."""

_ACTIVE = re.compile(r"(?<=[@#$])(?=\w)|(?<=:)(?=//)|(?<=\w\.)(?=[^\W\d_])")
_TAG = re.compile(r"<[^>]+>")


def html(words: Words, most: int = TEXT_CHARS) -> str:
    """Texts for a message of `most` characters; what people typed is no markup in it."""
    return fitted(tuple(_within(words)), most, _written, length)


def _within(words: Words) -> Iterator[Span]:
    """Texts with no more styles and links than are shown."""
    styled = 0
    for span in words:
        styled += isinstance(span, Bold | Code | Address | Quote | Channel)
        yield span if styled <= ENTITIES else _bare(span)


def _bare(span: Span) -> Span:
    """What it says, as mere text."""
    match span:
        case Bold(text) | Code(text) | Address(text) | Quote(text):
            return text
        case Channel(name, called):
            return called or name
    return span


def length(written: str) -> int:
    """How long Telegram counts a text in HTML: in units of UTF-16, without its tags.

    >>> length("<b>a &amp; b</b>"), length("😀")
    (5, 2)
    """
    return len(unescape(_TAG.sub("", written)).encode("utf-16-le")) // 2


def _written(span: Span) -> str:
    match span:
        case Bold(text):
            return _tagged("b", _plain(text))
        case Code(text):
            return _tagged("code", escape(_clean(text), quote=False))
        case Address(url):
            return link(url, url)
        case Quote(text):
            return _tagged("blockquote", _plain(text))
        case Moment() | Day() | Channel():
            return _filled_in(span)
    return _plain(span)


def _filled_in(span: Moment | Day | Channel) -> str:
    """What readers of any language read; there is nothing that their clients would write."""
    match span:
        case Moment(time):
            return f"{time:%Y-%m-%d %H:%M} UTC"
        case Day(time):
            return f"{time:%Y-%m-%d}"
        case Channel(name, called):
            return _plain(called) if called else _tagged("code", escape(name, quote=False))


def link(url: str, text: str) -> str:
    """A text that leads somewhere."""
    return f'<a href="{escape(url)}">{escape(text, quote=False)}</a>'


def _tagged(tag: str, inner: str) -> str:
    return f"<{tag}>{inner}</{tag}>" if inner.strip() else inner


def _plain(text: str) -> str:
    return escape(_ACTIVE.sub(_JOINER, _clean(text)), quote=False)


def _clean(text: str) -> str:
    return core_words.straight(core_words.lines(text))
