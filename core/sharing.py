"""A picture's link as other places want it pasted."""

from __future__ import annotations

import re
from html import escape

_MARKDOWN = re.compile(r"[\\`*_\[\]<>!&|~#]")
_PARENTHESES = str.maketrans({"(": "%28", ")": "%29"})


def markdown(link: str, src: str, alt: str) -> str:
    r"""A picture that leads to its page.

    >>> print(markdown("https://e.org/a", "https://e.org/a.png", "[x](y)"))
    [![\[x\](y)](https://e.org/a.png)](https://e.org/a)
    """
    said = _MARKDOWN.sub(r"\\\g<0>", alt)
    return f"[![{said}]({src.translate(_PARENTHESES)})]({link.translate(_PARENTHESES)})"


def html(link: str, src: str, alt: str) -> str:
    """Likewise."""
    return f'<a href="{escape(link)}"><img src="{escape(src)}" alt="{escape(alt)}"></a>'


def bbcode(link: str, src: str) -> str:
    """Likewise; forums know no alternative text."""
    return f"[url={link}][img]{src}[/img][/url]"
