"""Sizes and times in words, for every face."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_STEPS = ((1 << 40, "TB"), (1 << 30, "GB"), (1 << 20, "MB"), (1 << 10, "KB"))
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


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
