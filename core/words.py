"""Numbers, times and other people's texts in words, for every face."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from limits import parse_many

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from limits import RateLimitItem

_STEPS = ((1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MINUTE = 60
_SPANS = ((86_400, "day"), (3_600, "hour"), (_MINUTE, "minute"))
_MANY = 2
_ELLIPSIS = "…"
_TURNS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Unicode's marks that turn the text after them around, past where they were typed."""


def size(count: int) -> str:
    """Bytes as people read them; units as the plans have them (1 MB = 2^20).

    Rounded down, so that a limit is never shown as more than it is.

    >>> size(70 << 20), size(1_572_864), size(999)
    ('70 MB', '1.5 MB', '999 bytes')
    """
    for unit, name in _STEPS:
        if count >= unit:
            tenths = count * 10 // unit
            return f"{tenths // 10:,}.{tenths % 10} {name}".replace(".0 ", " ")
    return "1 byte" if count == 1 else f"{count} bytes"


def megapixels(count: int) -> str:
    """Pixels as people read them, rounded down to tenths of a megapixel.

    >>> megapixels(100_000_000), megapixels(350_000)
    ('100 megapixels', '0.3 megapixels')
    """
    tenths = count // 100_000
    return f"{tenths // 10:,}.{tenths % 10} megapixels".replace(".0 ", " ")


def day(time: datetime) -> str:
    """A date.

    >>> from datetime import UTC, datetime
    >>> day(datetime(2026, 5, 17, tzinfo=UTC))
    '17 May 2026'
    """
    return f"{time.day} {_MONTHS[time.month - 1]} {time.year}"


def moment(time: datetime) -> str:
    """A date and time of day, to the minute.

    >>> from datetime import UTC, datetime
    >>> moment(datetime(2026, 5, 17, 12, 30, tzinfo=UTC))
    '17 May 2026, 12:30 UTC'
    """
    return f"{day(time)}, {time:%H:%M} UTC"


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


def straight(text: str) -> str:
    r"""A person's text where nothing isolates it: nothing in it turns the text after it around.

    Unicode's own line and paragraph separators are line breaks.

    >>> straight("one\u202e two\u2028three")
    'one two\nthree'
    """
    return "".join("\n" if _breaks(char) else "" if _turns(char) else char for char in text)


def _flattened(char: str) -> str:
    if _breaks(char) or unicodedata.category(char) == "Cc":
        return " "
    return "" if _turns(char) else char


def _breaks(char: str) -> bool:
    return unicodedata.category(char) in {"Zl", "Zp"}


def _turns(char: str) -> bool:
    return unicodedata.bidirectional(char) in _TURNS


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
