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
TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[^<>]*?)?)\s*/?>")
ATTRIBUTE = re.compile(r"([a-zA-Z-]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
LINK = re.compile(r"(?i)(?:https?|tg|tonsite|mailto|tel)://?\S+|mailto:\S+|tel:\S+")


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
        tag = TAG.match(source, start)
        if tag is None:
            if ">" not in source[start:]:
                raise unparsable(f"Unclosed start tag at byte offset {place}")
            name = re.match(r"</?([^\s>]*)", source[start:])[1]
            raise unparsable(f'Unsupported start tag "{name}" at byte offset {place}')
        closing, name, attributes = tag[1], tag[2].lower(), tag[3]
        if closing:
            _close(name, place, open_tags, entities, length, out)
        else:
            if name not in STYLES or (name == "span" and "tg-spoiler" not in attributes):
                raise unparsable(f'Unsupported start tag "{name}" at byte offset {place}')
            open_tags.append((name, attributes, length, len(out)))
        at = tag.end()
    say(source[at:])
    if open_tags:
        raise unparsable(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return "".join(out), entities


def _close(name, place, open_tags, entities, length, out) -> None:
    if not open_tags:
        raise unparsable(f"Unexpected end tag at byte offset {place}")
    opened, attributes, start, index = open_tags.pop()
    if opened != name:
        raise unparsable(
            f'Unmatched end tag at byte offset {place}, expected "</{opened}>", found "</{name}>"'
        )
    if length == start:
        return
    given = {
        found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "")
        for found in ATTRIBUTE.finditer(attributes)
    }
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
