"""Rules for texts and captions, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram_platform.entities import KINDS, MOST, found_in, units
from telegram_platform.parse_html import LINK, parse_html
from telegram_platform.parse_markdown import parse_markdown
from telegram_platform.refusals import bad, unparsable

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram_platform.bodies import Form

TEXT_MAX, CAPTION_MAX = 4096, 1024
MODES = {"html": parse_html, "markdownv2": parse_markdown}
PREVIEW = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}


def read_text(form: Form, note: Callable[[str], None]) -> dict:
    """`text`, `entities` and `link_preview_options` of a message."""
    text, entities = formatted(form, "text", "entities", TEXT_MAX, "message is too long", note)
    if not text:
        raise bad("message text is empty")
    said = {"text": text, "entities": entities} if entities else {"text": text}
    options = _preview(form, note)
    return said | ({"link_preview_options": options} if options else {})


def read_caption(form: Form, note: Callable[[str], None]) -> dict:
    """`caption` and `caption_entities`, if there is one."""
    names = ("caption", "caption_entities")
    text, entities = formatted(form, *names, CAPTION_MAX, "message caption is too long", note)
    if not text:
        return {}
    return {"caption": text} | ({"caption_entities": entities} if entities else {})


def formatted(form: Form, name: str, entities_name: str, most: int, too_long: str, note) -> tuple:
    """A text with its entities, given by a parse mode or one by one."""
    text, mode = form.text(name), form.text("parse_mode").lower()
    listed = form.json(entities_name, list)
    if "\x00" in text:
        text = text.replace("\x00", "")
    if listed:
        given = [_entity(one, units(text)) for one in listed]
    elif mode in MODES:
        text, given = MODES[mode](text)
    elif mode:
        raise bad("unsupported parse_mode")
    else:
        given = []
    text, given = _trimmed(text, given)
    if units(text) > most:
        raise bad(too_long)
    if len(given) > MOST:
        note(f"{len(given)} entities: those after the first {MOST} are ignored")
        given = given[:MOST]
    return text, found_in(text, given)


def _trimmed(text: str, entities: list[dict]) -> tuple[str, list[dict]]:
    """Without white space at both ends."""
    ahead = units(text) - units(text.lstrip())
    text = text.strip()
    if not entities:
        return text, []
    kept, size = [], units(text)
    for one in entities:
        start = max(one["offset"] - ahead, 0)
        end = min(one["offset"] + one["length"] - ahead, size)
        if end > start:
            kept.append(one | {"offset": start, "length": end - start})
    return text, kept


def _entity(given: object, size: int) -> dict:
    if not isinstance(given, dict):
        raise unparsable("expected an Object")
    kind, offset, length = (given.get(one) for one in ("type", "offset", "length"))
    if kind not in KINDS:
        raise unparsable(f"unsupported type {kind!r}")
    if not isinstance(offset, int) or not isinstance(length, int):
        raise unparsable("offset and length must be of type Number")
    if offset < 0 or length <= 0 or offset + length > size:
        raise unparsable(f"entity {kind} at {offset} of length {length} is not within the text")
    if kind == "text_link" and not LINK.fullmatch(str(given.get("url"))):
        raise bad(f"entity URL '{given.get('url')}' is invalid: Wrong HTTP URL")
    return given


def _preview(form: Form, note: Callable[[str], None]) -> dict:
    if form.flag("disable_web_page_preview"):
        return {"is_disabled": True}
    options = form.json("link_preview_options", dict) or {}
    unknown = options.keys() - PREVIEW
    if unknown:
        raise bad(f"can't parse link preview options: unknown {sorted(unknown)}")
    small, large = options.get("prefer_small_media"), options.get("prefer_large_media")
    if (small or large) and not options.get("url"):
        note("link_preview_options: sizes are ignored unless url is given")
    if small and large:
        note("link_preview_options: small and large are both preferred")
    url = options.get("url")
    if url and not url.startswith(("http://", "https://")):
        raise bad("WEBPAGE_URL_INVALID")
    return options
