"""Rules for the values of embed profiles; see `core.fields` for what such a function does."""

from __future__ import annotations

import re

from yarl import URL

from core.chat_limits import BUTTON_LABEL_CHARS, BUTTON_URL_CHARS, DISCORD_URL_CHARS
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


def check_name(value: str) -> str:
    """What a profile is called."""
    if not value.strip():
        raise ValueError("It must have a character that is not a space.")
    return check_text(value, NAME_MAX)


def check_filled(value: str, longest: int) -> str:
    """A text that may hold placeholders."""
    return check_template(check_text(value, longest))


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
