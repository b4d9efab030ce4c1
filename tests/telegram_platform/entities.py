"""Styles and links of a text. Places in it are counted in UTF-16 units, as the platform does."""

from __future__ import annotations

import html
import re

MOST = 100  # of a message; the platform ignores further ones
TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "spoiler": "tg-spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
FOUND = {  # what the platform finds by itself
    "url": re.compile(r"\bhttps?://[^\s<>\"]+[^\s<>\".,;:!?)\]']"),
    "bot_command": re.compile(r"(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?\b"),
    "mention": re.compile(r"(?<![\w@])@[A-Za-z]\w{2,31}\b"),
    "hashtag": re.compile(r"(?<![\w#&])#\w+"),
}
KINDS = {*TAGS, *FOUND, "text_link", "text_mention", "custom_emoji", "email", "cashtag"}
KINDS |= {"phone_number", "date_time"}


def units(text: str) -> int:
    """The length as the platform counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def part(text: str, entity: dict) -> str:
    raw = text.encode("utf-16-le", "surrogatepass")
    start = entity["offset"] * 2
    return raw[start : start + entity["length"] * 2].decode("utf-16-le", "replace")


def found_in(text: str, given: list[dict] = ()) -> list[dict]:
    """The given entities and those that the platform finds, in order."""
    hard = [
        (one["offset"], one["offset"] + one["length"])
        for one in given
        if one["type"] in {"code", "pre", "text_link", "text_mention"}
    ]
    every = list(given)
    for kind, pattern in FOUND.items():
        for match in pattern.finditer(text):
            start = units(text[: match.start()])
            end = start + units(match[0])
            if all(end <= low or start >= high for low, high in hard):
                every.append({"type": kind, "offset": start, "length": end - start})
                hard.append((start, end))
    return sorted(every, key=lambda one: (one["offset"], -one["length"]))


def links(text: str, entities: list[dict]) -> list[str]:
    found = []
    for one in entities:
        if one["type"] == "text_link":
            found.append(one["url"])
        elif one["type"] == "url":
            found.append(part(text, one))
    return found


def as_html(text: str, entities: list[dict]) -> str:
    """The text with tags for what has a style or a hidden address."""
    marks: list[tuple[int, int, int, str]] = []
    for number, one in enumerate(entities):
        start, end = one["offset"], one["offset"] + one["length"]
        if one["type"] == "text_link":
            opening, tag = f'<a href="{html.escape(one["url"])}">', "a"
        elif one["type"] in TAGS:
            tag = TAGS[one["type"]]
            opening = f"<{tag}>"
        else:
            continue
        marks += [(start, 1, number, opening), (end, 0, -number, f"</{tag}>")]
    raw, out, at = text.encode("utf-16-le", "surrogatepass"), [], 0
    for place, _, _, shown in sorted(marks):
        out += [html.escape(raw[at * 2 : place * 2].decode("utf-16-le"), quote=False), shown]
        at = place
    return "".join([*out, html.escape(raw[at * 2 :].decode("utf-16-le"), quote=False)])
