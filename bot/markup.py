"""Texts in a platform's markup, cut where it takes no more: never within a link or amid markup."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.texts import Bold, Code, Quote

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.texts import Span, Words

_ELLIPSIS = "…"


def fitted(
    words: Words, most: int, write: Callable[[Span], str], measure: Callable[[str], int] = len
) -> str:
    """Texts for a message of at most `most`, as `measure` counts what `write` gives."""
    written, used = "", 0
    for span in words:
        one = write(span)
        length = measure(one)
        if used + length > most:
            return written + _cut(span, most - used, write, measure)
        written, used = written + one, used + length
    return written


def _cut(span: Span, most: int, write: Callable[[Span], str], measure: Callable[[str], int]) -> str:
    """As much of a span as there is room for."""
    if not isinstance(span, str | Bold | Code | Quote):
        return _ELLIPSIS[:most]
    text = span if isinstance(span, str) else span.text

    def begun(end: int) -> str:
        cut = text[:end] + _ELLIPSIS
        return write(cut if isinstance(span, str) else replace(span, text=cut))

    ends = range(min(len(text), most) + 1)
    end = bisect_right(ends, most, key=lambda end: measure(begun(end))) - 1
    while end >= 0 and measure(begun(end)) > most:
        end -= 1  # a character more may take markup away
    return begun(end) if end >= 0 else ""
