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
    return f"[{markdown_image(src, alt)}]({link.translate(_PARENTHESES)})"


def markdown_image(src: str, alt: str) -> str:
    """A picture alone."""
    said = _MARKDOWN.sub(r"\\\g<0>", alt)
    return f"![{said}]({src.translate(_PARENTHESES)})"


def html(link: str, src: str, alt: str) -> str:
    """A picture that leads to its page."""
    return f'<a href="{escape(link)}">{html_image(src, alt)}</a>'


def html_image(src: str, alt: str | None = None) -> str:
    """A picture alone."""
    said = "" if alt is None else f' alt="{escape(alt)}"'
    return f'<img src="{escape(src)}"{said}>'


def bbcode(link: str, src: str) -> str:
    """A picture that leads to its page; forums know no alternative text."""
    return f"[url={link}]{bbcode_image(src)}[/url]"


def bbcode_image(src: str) -> str:
    """A picture alone."""
    return f"[img]{src}[/img]"
