"""Rules for keyboards."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from telegram_platform.entities import units
from telegram_platform.refusals import bad

if TYPE_CHECKING:
    from telegram_platform.bodies import Form

BUTTONS_MAX, ROW_MAX = 100, 8
DATA_MAX, COPY_MAX, SWITCH_MAX, URL_MAX = 64, 256, 256, 2048
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
ACTIONS = {
    "callback_data",
    "url",
    "copy_text",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "web_app",
    "login_url",
    "callback_game",
    "pay",
}
LOOKS = {"text", "style", "icon_custom_emoji_id"}
STYLES = {"danger", "success", "primary"}
OTHERS = ("keyboard", "remove_keyboard", "force_reply")


def read_keyboard(form: Form, *, inline_only: bool = False) -> dict | None:
    """The keyboard of a message; None where there is none."""
    markup = form.json("reply_markup", dict)
    if markup is None:
        return None
    if "inline_keyboard" in markup:
        return check_inline_keyboard(markup)
    if markup and (inline_only or not any(name in markup for name in OTHERS)):
        raise bad("object expected as reply markup: an inline keyboard")
    return markup or None


def check_inline_keyboard(markup: dict) -> dict | None:
    """Gives it without empty rows, as the platform keeps it; None if nothing is left."""
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise _wrong('field "inline_keyboard" must be an Array of Arrays')
    rows = [row for row in rows if row]
    if any(len(row) > ROW_MAX for row in rows) or sum(map(len, rows)) > BUTTONS_MAX:
        raise bad("reply markup is too long")
    for row in rows:
        for button in row:
            _check_button(button)
    return {"inline_keyboard": rows} if rows else None


def _wrong(reason: str):
    return bad(f"can't parse inline keyboard button: {reason}")


def _check_button(button: object) -> None:
    if not isinstance(button, dict):
        raise _wrong("expected an Object")
    if not isinstance(button.get("text"), str) or not button["text"].strip():
        raise _wrong('field "text" must be a non-empty String')
    actions = button.keys() & ACTIONS
    unknown = button.keys() - ACTIONS - LOOKS
    if unknown:
        raise _wrong(f"unknown fields {sorted(unknown)}")
    if not actions:
        raise _wrong("text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise _wrong(f"exactly one action is allowed, not {sorted(actions)}")
    if button.get("style", "primary") not in STYLES:
        raise _wrong("invalid button style specified")
    action = actions.pop()
    check = CHECKS.get(action)
    if check is not None:
        check(button[action])


def _check_data(data: object) -> None:
    if not isinstance(data, str) or not 1 <= len(data.encode()) <= DATA_MAX:
        raise bad("BUTTON_DATA_INVALID")


def _check_copy(copied: object) -> None:
    text = copied.get("text") if isinstance(copied, dict) else None
    if not isinstance(text, str) or not 1 <= units(text) <= COPY_MAX:
        raise bad("BUTTON_COPY_TEXT_INVALID")


def _check_switch(query: object) -> None:
    if not isinstance(query, str) or units(query) > SWITCH_MAX:
        raise bad("SWITCH_INLINE_QUERY_INVALID")


def check_url(url: object) -> None:
    """An address that people elsewhere can open, or one within the application."""
    wrong = f"inline keyboard button URL '{url}' is invalid:"
    if not isinstance(url, str) or len(url) > URL_MAX:
        raise bad(f"{wrong} URL is too long")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise bad(f"{wrong} Wrong HTTP URL") from None
    if parts.scheme not in {"http", "https", "tg"}:
        raise bad(f"{wrong} Unsupported URL protocol")
    if parts.scheme == "tg":
        return
    if not _is_public(host) or re.search(r"\s", url):
        raise bad(f"{wrong} Wrong HTTP URL")
    if host in {"t.me", "telegram.me"}:
        for name in ("start", "startgroup", "startapp"):
            for payload in parse_qs(parts.query).get(name, ()):
                if not PAYLOAD.fullmatch(payload):
                    raise bad(f"{wrong} START_PARAM_INVALID")


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".")


CHECKS = {
    "callback_data": _check_data,
    "copy_text": _check_copy,
    "url": check_url,
    "switch_inline_query": _check_switch,
    "switch_inline_query_current_chat": _check_switch,
}
