"""What stands in quotes: straight ones, and those that telephones make of them."""

from __future__ import annotations

import re

_DOUBLE, _SINGLE = '"\u201c\u201d\u201e', "'\u2018\u2019\u201a"
_CLOSERS = {
    **dict.fromkeys(_DOUBLE, _DOUBLE),
    **dict.fromkeys(_SINGLE, _SINGLE),
    **dict(zip("\u00ab\u00bb\u2039\u203a`", "\u00bb\u00ab\u203a\u2039`", strict=True)),
}
_QUOTED = {
    opener: re.compile(rf"{opener}((?:\\.|[^\\])*?)[{closers}](?![^\s,;&])", re.DOTALL)
    for opener, closers in _CLOSERS.items()
}
_ESCAPED = re.compile(r"\\([^\w\s])")


def quoted_at(text: str, at: int) -> tuple[str, int] | None:
    """What the quotes that open there hold, and where they end; None: there are none.

    >>> quoted_at('caption="two words" ttl=1d', 8)
    ('two words', 19)
    """
    pattern = _QUOTED.get(text[at : at + 1])
    found = pattern.match(text, at) if pattern else None
    return (_ESCAPED.sub(r"\1", found[1]), found.end()) if found else None


def unquoted(text: str) -> str | None:
    """What is in quotes, if all of it is."""
    found = quoted_at(text, 0)
    return found[0] if found and found[1] == len(text) else None
