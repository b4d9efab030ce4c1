"""Numbers, times and other people's texts, in words for pages."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from limits import parse_many

from core.words import day, moment, size

if TYPE_CHECKING:
    from datetime import timedelta

    from limits import RateLimitItem

__all__ = ["day", "left", "line", "lines", "moment", "rate", "size", "span"]

_MINUTE = 60
_SPANS = ((86_400, "day"), (3_600, "hour"), (_MINUTE, "minute"))
_MANY = 2
_ELLIPSIS = "…"
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Unicode's marks that turn the text after them around, past where they were typed."""


def span(time: timedelta) -> str:
    """A length of time in whole units, rounded down; 36 hours rather than 1 day.

    >>> from datetime import timedelta
    >>> span(timedelta(days=30)), span(timedelta(hours=36)), span(timedelta(seconds=90))
    ('30 days', '36 hours', '1 minute')
    """
    seconds = int(time.total_seconds())
    for unit, name in _SPANS:
        if seconds >= _MANY * unit or seconds == unit:
            return _counted(seconds // unit, name)
    return _counted(1, "minute") if seconds >= _MINUTE else "less than a minute"


def left(time: timedelta) -> str:
    """How long something still lasts, to the nearest unit.

    >>> from datetime import timedelta
    >>> left(timedelta(days=29, hours=23)), left(timedelta(seconds=90))
    ('30 days', '2 minutes')
    """
    seconds = time.total_seconds()
    for unit, name in _SPANS:
        if round(seconds / unit) >= _MANY:
            return _counted(round(seconds / unit), name)
    return "a minute" if seconds >= _MINUTE / 2 else "less than a minute"


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def line(text: str, longest: int = 200) -> str:
    r"""A person's text for a title or an attribute: one line, nothing in it that turns text around.

    >>> line("one\n two\u202e three")
    'one two three'
    """
    flat = " ".join("".join(map(_flattened, text)).split())
    return flat if len(flat) <= longest else flat[: longest - 1].rstrip() + _ELLIPSIS


def lines(text: str) -> str:
    """A person's text for the body of a page: its line breaks stay, other controls go.

    What turns text around stays, too: templates isolate it with `<bdi>`.
    """
    whole = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        char if char in "\n\t" or unicodedata.category(char) != "Cc" else "" for char in whole
    )


def _flattened(char: str) -> str:
    if unicodedata.category(char) in {"Cc", "Zl", "Zp"}:
        return " "
    return "" if unicodedata.bidirectional(char) in _TURNS else char


def rate(text: str) -> str:
    """A rate as the settings have it, in words.

    >>> rate("20/hour;100/day"), rate("5 per 2 minute")
    ('20 an hour and 100 a day', '5 in 2 minutes')
    """
    return " and ".join(_rate(item) for item in parse_many(text))


def _rate(item: RateLimitItem) -> str:
    unit = item.GRANULARITY.name
    if item.multiples == 1:
        return f"{item.amount:,} {'an' if unit == 'hour' else 'a'} {unit}"
    return f"{item.amount:,} in {_counted(item.multiples, unit)}"
