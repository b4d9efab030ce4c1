"""From Markdown to a page: anchors on headings, tables that scroll, rows of pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markupsafe import Markup

if TYPE_CHECKING:
    from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_LEVELS = {"h2": 2, "h3": 3}


@dataclass(frozen=True, slots=True)
class Heading:
    """A place on the page; `level` as in h2, h3."""

    level: int
    anchor: str
    text: str


def to_page(source: str) -> tuple[Markup, list[Heading]]:
    """HTML of our own Markdown (markup within it is shown, not obeyed), and its headings."""
    tokens = _PARSER.parse(source)
    headings = list(_anchor(tokens))
    for token in tokens:
        if token.type == "table_open":
            token.attrSet("class", "table")
    for opening, inline in pairwise(tokens):
        if opening.type == "paragraph_open" and _is_examples(inline.children or []):
            opening.attrSet("class", "examples")
            for child in inline.children or ():
                if child.type == "image":
                    child.attrSet("loading", "lazy")
    html = _PARSER.renderer.render(tokens, _PARSER.options, {})
    # What is wider than the screen scrolls by itself, by keyboard, too.
    scroll = '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table'
    html = html.replace("<table", scroll).replace("<pre>", '<pre tabindex="0">')
    html = html.replace("</table>", "</table></div>")
    return Markup(html), headings  # noqa: S704  the parser has escaped it  # nosec B704


def _is_examples(children: list[Token]) -> bool:
    """Whether a paragraph is nothing but linked pictures, each with what is said of it."""
    depth, pictures = 0, 0
    for child in children:
        outside = depth == 0
        depth += child.nesting
        if outside and child.type not in {"link_open", "softbreak"}:
            return False
        pictures += child.type == "image"
    return pictures > 0


def _anchor(tokens: list[Token]) -> list[Heading]:
    found: list[Heading] = []
    taken: set[str] = set()
    for opening, inline in pairwise(tokens):
        level = _LEVELS.get(opening.tag)
        if opening.type != "heading_open" or level is None:
            continue
        text = "".join(child.content for child in inline.children or ())
        anchor = plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
        number = 1
        while anchor in taken:
            number += 1
            anchor = f"{plain}-{number}"
        taken.add(anchor)
        opening.attrSet("id", anchor)
        found.append(Heading(level, anchor, text))
    return found
