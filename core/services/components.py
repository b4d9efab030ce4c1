"""Discord's component embed of a card, and the rules by which Discord would refuse it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from core import chat_limits as limits
from core.embeds import PictureSize

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from core.embeds import Button, Card

ACTION_ROW, BUTTON, SECTION, TEXT, THUMBNAIL, GALLERY, SEPARATOR, CONTAINER = (
    *(1, 2, 9, 10, 11, 12, 14),
    17,
)
_INSIDE = frozenset({ACTION_ROW, BUTTON, SECTION, TEXT, THUMBNAIL, GALLERY, SEPARATOR})
_LINK_STYLE = 5
_BUTTON_KEYS = frozenset({"type", "style", "label", "url"})

_MARKS = re.compile(r"[\\`*_~|\[\]()<>#\-+:@=]")
_NUMBERED = re.compile(r"^(\s*\d+)\.", re.MULTILINE)
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A picture as an embed names it."""

    url: str
    alt: str
    spoiler: bool = False


def component_script(card: Card, site: str, pictures: Sequence[Exhibit]) -> str | None:
    """The embed as JSON, to stand in a page's `<script>`; None if a rule would refuse it."""
    payload = {"component": component(card, site, pictures)}
    script = _written(payload)
    return None if next(violations(payload, script), None) else script


def refusals(card: Card, site: str, pictures: Sequence[Exhibit]) -> list[str]:
    """The rules by which Discord would refuse this card's embed, in words."""
    payload = {"component": component(card, site, pictures)}
    return list(violations(payload, _written(payload)))


def component(card: Card, site: str, pictures: Sequence[Exhibit]) -> dict[str, Any]:
    """The container. What people typed is text in it and nothing else."""
    parts: list[dict[str, Any]] = []
    texts = [{"type": TEXT, "content": text} for text in _texts(card, site)]
    if pictures and card.image is PictureSize.SMALL:
        first = {"type": THUMBNAIL, **_item(pictures[0])}
        parts.append({"type": SECTION, "components": texts, "accessory": first})
    else:
        parts.extend(texts)
        if pictures and card.image is PictureSize.LARGE:
            parts.append({"type": GALLERY, "items": [_item(each) for each in pictures]})
    if card.buttons:
        row = [_button(each) for each in card.buttons]
        parts.append({"type": ACTION_ROW, "components": row})
    container: dict[str, Any] = {"type": CONTAINER, "components": parts}
    if card.color:
        container["accent_color"] = int(card.color.removeprefix("#"), 16)
    return container


def escaped(text: str) -> str:
    r"""A text that Discord's Markdown shows as it is: no link, no mention, no list.

    >>> print(escaped("[free](https://evil.example) 1. <@1>"))
    \[free\]\(https\://evil.example\) 1. \<\@1\>
    """
    return _NUMBERED.sub(r"\1\\.", _MARKS.sub(r"\\\g<0>", text))


def violations(payload: Mapping[str, Any], script: str) -> Iterator[str]:
    """Each rule that a payload breaks, in words; `script` is how the page has it."""
    yield from _of_script(script)
    root = payload.get("component", {})
    if root.get("type") != CONTAINER:
        yield "the root is no container"
        return
    if not root.get("components"):
        yield "an empty container"
    found = list(_walk(root))
    if len(found) > limits.COMPONENTS:
        yield f"more than {limits.COMPONENTS} components"
    if any("id" in each for each in found):
        yield "an id, which may not be there twice"
    inside = found[1:]
    if any(each.get("type") not in _INSIDE for each in inside):
        yield "a component that may not be there"
    items = [item for each in inside for item in each.get("items", ())]
    if len(items) > limits.GALLERY_ITEMS:
        yield f"more than {limits.GALLERY_ITEMS} pictures"
    for item in [*items, *(each for each in inside if each.get("type") == THUMBNAIL)]:
        yield from _of_item(item)
    for each in inside:
        yield from _of_component(each)


def _of_script(script: str) -> Iterator[str]:
    if len(script.encode()) > limits.COMPONENT_BYTES:
        yield f"more than {limits.COMPONENT_BYTES} bytes"
    if "</" in script or "<!--" in script:
        yield "it would end its script"


def _of_component(each: Mapping[str, Any]) -> Iterator[str]:
    parts = each.get("components", ())
    match each.get("type"):
        case kind if kind == GALLERY and not each.get("items"):
            yield "an empty gallery"
        case kind if kind == TEXT and not each.get("content", "").strip():
            yield "an empty text"
        case kind if kind == SECTION:
            accessory = each.get("accessory", {}).get("type")
            if accessory not in {BUTTON, THUMBNAIL}:
                yield "a section without its accessory"
            if not 1 <= len(parts) <= limits.SECTION_TEXTS or any(
                part.get("type") != TEXT for part in parts
            ):
                yield "a section with other than one to three texts"
        case kind if kind == ACTION_ROW and (
            not 1 <= len(parts) <= limits.COMPONENT_BUTTONS
            or any(part.get("type") != BUTTON for part in parts)
        ):
            yield "a row with other than one to five buttons"
        case kind if kind == BUTTON:
            yield from _of_button(each)
        case _:
            pass


def _of_button(button: Mapping[str, Any]) -> Iterator[str]:
    if button.keys() != _BUTTON_KEYS or button["style"] != _LINK_STYLE:
        yield "a button that is no plain link"
        return
    if not button["label"].strip() or len(button["label"]) > limits.BUTTON_LABEL_CHARS:
        yield "a button's label"
    if len(button["url"]) > limits.BUTTON_URL_CHARS or not _is_address(button["url"]):
        yield "a button's address"


def _of_item(item: Mapping[str, Any]) -> Iterator[str]:
    url = item.get("media", {}).get("url", "")
    if len(url) > limits.DISCORD_URL_CHARS or not _is_address(url):
        yield "a picture's address"
    if len(item.get("description", "")) > limits.GALLERY_ALT_CHARS:
        yield "a picture's description"


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _walk(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield part
    for child in part.get("components", ()):
        yield from _walk(child)
    if "accessory" in part:
        yield from _walk(part["accessory"])


def _texts(card: Card, site: str) -> Iterator[str]:
    """At most three, as a section takes no more."""
    if card.author_name:
        yield f"**{escaped(_flat(card.author_name))}**"
    said = []
    if card.title:
        said.append(f"### {escaped(_flat(card.title))}")
    if card.description:
        said.append(escaped(card.description))
    if said:
        yield "\n".join(said)
    yield f"-# {escaped(_flat(card.site_name or site))}"


def _flat(text: str) -> str:
    return " ".join(text.split())


def _item(picture: Exhibit) -> dict[str, Any]:
    item: dict[str, Any] = {"media": {"url": picture.url}}
    if picture.alt:
        item["description"] = picture.alt[: limits.GALLERY_ALT_CHARS]
    if picture.spoiler:
        item["spoiler"] = True
    return item


def _button(button: Button) -> dict[str, Any]:
    label = _flat(button.label)[: limits.BUTTON_LABEL_CHARS]
    return {"type": BUTTON, "style": _LINK_STYLE, "label": label, "url": button.url}


def _written(payload: Mapping[str, Any]) -> str:
    """JSON that ends no script and holds no entity, whatever is in it."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    for char, code in _UNSAFE.items():
        text = text.replace(char, code)
    return text
