"""Rules for the values of embed profiles; see `core.fields` for what such a function does."""

from __future__ import annotations

import re

from yarl import URL

from core.chat_limits import (
    BUTTON_LABEL_CHARS,
    BUTTON_URL_CHARS,
    COMPONENT_BUTTONS,
    DISCORD_URL_CHARS,
)
from core.embeds import Button
from core.fields import check_text
from core.placeholders import check_template

NAME_MAX = 100
TITLE_MAX = 256
DESCRIPTION_MAX = 2_000
AUTHOR_NAME_MAX = 256
SITE_NAME_MAX = 256
AUTHOR_URL_MAX = DISCORD_URL_CHARS
COLOR = re.compile(r"#[0-9A-Fa-f]{6}")

_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\x7f-\xa0<>\"'`\\^{|}]+", re.IGNORECASE)
"""Nothing in it that a page, a script or a chat's markup might end an address at."""

_BUTTONS = (
    "Write a button as its label and its address, and `|` between buttons: "
    "Shop https://example.com/shop | Blog https://example.com/blog."
)


def check_name(value: str) -> str:
    """What a profile is called."""
    if not value.strip():
        raise ValueError("It must have a character that is not a space.")
    return check_text(value, NAME_MAX)


def check_filled(value: str, longest: int) -> str:
    """A text that may hold placeholders."""
    return check_template(check_text(value, longest))


def check_title(value: str) -> str:
    """A title, which may hold placeholders; so may the next three."""
    return check_filled(value, TITLE_MAX)


def check_description(value: str) -> str:
    """A text under the title."""
    return check_filled(value, DESCRIPTION_MAX)


def check_author_name(value: str) -> str:
    """Who shares it."""
    return check_filled(value, AUTHOR_NAME_MAX)


def check_site_name(value: str) -> str:
    """What stands for the server's own name."""
    return check_filled(value, SITE_NAME_MAX)


def check_color(value: str) -> str:
    """A colour, in lower case."""
    if not COLOR.fullmatch(value):
        raise ValueError("It must be a colour such as #ff5733.")
    return value.lower()


def check_url(value: str, longest: int = AUTHOR_URL_MAX) -> str:
    """A public-looking http(s) address, as it was typed."""
    check_text(value, longest)
    refusal = ValueError("It must be an address such as https://example.com/page.")
    if not _ADDRESS.fullmatch(value):
        raise refusal
    try:
        url = URL(value)
        host = url.host
    except ValueError as err:
        raise refusal from err
    if not host or url.user is not None or url.password is not None:
        raise refusal
    return value


def check_label(value: str) -> str:
    """A button's label, which may hold placeholders."""
    if not value.strip():
        raise ValueError("A button needs a label.")
    return check_filled(value, BUTTON_LABEL_CHARS)


def check_button_url(value: str) -> str:
    """Where a button leads."""
    return check_url(value, BUTTON_URL_CHARS)


def read_buttons(text: str) -> tuple[Button, ...]:
    """Buttons as people type them, `|` or a line's end between them.

    >>> [button.label for button in read_buttons("Our shop https://a.example | Blog https://b.example")]
    ['Our shop', 'Blog']

    Raises:
        ValueError: one has no label or no address, or they are too many.
    """
    parts = [part.split() for part in re.split(r"[|\n]", text) if part.strip()]
    if len(parts) > COMPONENT_BUTTONS:
        raise ValueError(f"There may be up to {COMPONENT_BUTTONS} buttons.")
    return tuple(_read_button(part) for part in parts)


def _read_button(words: list[str]) -> Button:
    *label, url = words
    if not label or "://" not in url:
        raise ValueError(_BUTTONS)
    return Button(check_label(" ".join(label)), check_button_url(url))
