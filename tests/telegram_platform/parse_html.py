"""`parse_mode=HTML`: tags as the platform takes them, refused with its words."""

from __future__ import annotations

import html
import re

from telegram_platform.entities import units
from telegram_platform.refusals import unparsable

STYLES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
NAME = re.compile(r"[^\s>]*")
ATTRIBUTES = re.compile(r"((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>")
CLOSING = re.compile(r"</[^\s>]*\s*>")
ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
LINK = re.compile(
    r"(?i)(?:https?://(?:[^\s/?#]*\.[^\s/?#]+|\[[0-9a-f:]+\][^\s/?#]*)|tg://|mailto:|tel:)\S*"
)


def parse_html(source: str) -> tuple[str, list[dict]]:
    out: list[str] = []
    length, at = 0, 0
    open_tags: list[tuple[str, str, int, int]] = []  # name, attributes, start, place in `out`
    entities: list[dict] = []

    def say(text: str) -> None:
        nonlocal length
        plain = REFERENCE.sub(lambda found: html.unescape(found[0]), text)
        out.append(plain)
        length += units(plain)

    while (start := source.find("<", at)) >= 0:
        say(source[at:start])
        place = len(source[:start].encode())
        if source.startswith("</", start):
            at = _end_of_close(source, start, place, bool(open_tags))
            name = source[start + 2 : at - 1].strip().lower()
            _close(name, place, open_tags, entities, length, out)
        else:
            name, attributes, at = _start_tag(source, start, place)
            open_tags.append((name, attributes, length, len(out)))
    say(source[at:])
    if open_tags:
        raise unparsable(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return "".join(out), entities


def _start_tag(source: str, start: int, place: int) -> tuple[str, str, int]:
    """Name, attributes, and where the text goes on."""
    named = NAME.match(source, start + 1)
    if named.end() == len(source):
        raise unparsable(f"Unclosed start tag at byte offset {place}")
    name = named[0].lower()
    if name not in STYLES:
        raise unparsable(f'Unsupported start tag "{name}" at byte offset {place}')
    rest = ATTRIBUTES.match(source, named.end())
    if rest is None:
        raise unparsable(f'Unclosed start tag "{name}" at byte offset {place}')
    if name == "span" and "tg-spoiler" not in rest[1]:
        raise unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {place}')
    return name, rest[1], rest.end()


def _end_of_close(source: str, start: int, place: int, is_open: bool) -> int:
    if not is_open:
        raise unparsable(f"Unexpected end tag at byte offset {place}")
    closing = CLOSING.match(source, start)
    if closing is None:
        raise unparsable(f"Unclosed end tag at byte offset {place}")
    return closing.end()


def _close(name, place, open_tags, entities, length, out) -> None:
    opened, attributes, start, index = open_tags.pop()
    if name and opened != name:
        raise unparsable(
            f'Unmatched end tag at byte offset {place}, expected "</{opened}>", found "</{name}>"'
        )
    if length == start:
        return
    given = {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "")
        for found in ATTRIBUTE.finditer(attributes)
    }
    name = opened
    entity = {"type": STYLES[name], "offset": start, "length": length - start}
    if name == "a":
        url = given.get("href") or "".join(out[index:])
        if not LINK.fullmatch(url):
            return  # the platform shows it as text, without a word
        entity["url"] = url
    elif name == "blockquote" and "expandable" in given:
        entity["type"] = "expandable_blockquote"
    elif name == "tg-emoji":
        entity["custom_emoji_id"] = given.get("emoji-id", "")
    entities.append(entity)
