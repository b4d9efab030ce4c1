"""Addresses and tokens of chat platforms, read from settings: each wrong part gets a sentence."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

TELEGRAM_API = "https://api.telegram.org"
WEBHOOK_PORTS = (443, 80, 88, 8443)
"""Where Telegram's own servers deliver to (https://core.telegram.org/bots/api#setwebhook)."""

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{30,100}")
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+")
_PORTS = {"http": 80, "https": 443}


def api_url(value: str) -> str:
    """Accept the base of an API, with its path.

    Raises:
        ValueError: says what it must look like.
    """
    return _base(value, "http://127.0.0.1:9100/api")


def telegram_token(value: str) -> str:
    """Accept a bot's token, as BotFather gives it.

    Raises:
        ValueError: says what it must look like.
    """
    if not _TOKEN.fullmatch(value):
        raise ValueError(
            "it must be a number, a colon, and some 35 letters, digits, - and _, as BotFather "
            "gives it"
        )
    return value


def telegram_api_url(value: str) -> str:
    """Accept the base of a Bot API: methods are at `{base}/bot{token}/{method}`.

    Raises:
        ValueError: says what it must look like.
    """
    base = _base(value, TELEGRAM_API)
    for segment in _segments(urlsplit(base)):
        if re.match(r"bot([0-9]+:|$)", segment):
            raise ValueError("it must end before /bot and the token, which are added to it")
        if not _is_plain(segment):
            raise ValueError(f"its path holds something odd; it must look like {TELEGRAM_API}")
    if urlsplit(base).hostname == urlsplit(TELEGRAM_API).hostname and base != TELEGRAM_API:
        raise ValueError(f"Telegram's own API is {TELEGRAM_API}")
    return base


def refuse_odd_webhook(value: str, api: str) -> None:
    """Accept an address that the Bot API at `api` can deliver to.

    Raises:
        ValueError: says what it must look like.
    """
    parts = _split(value, "https://pix.example/telegram/updates")
    official = api == TELEGRAM_API
    if official and parts.scheme != "https":
        raise ValueError("it must begin with https: Telegram delivers to nothing else")
    if official and (parts.port or _PORTS[parts.scheme]) not in WEBHOOK_PORTS:
        raise ValueError(
            f"its port is {parts.port}; Telegram delivers to "
            f"{', '.join(map(str, WEBHOOK_PORTS))} alone"
        )
    if parts.query or parts.fragment or value.endswith(("?", "#")):
        raise ValueError("it must end with a path, without ? and #")
    found = _segments(parts)
    if not found:
        raise ValueError("it needs a path of its own, such as /telegram/updates")
    if not all(map(_is_plain, found)):
        raise ValueError(
            "its path may hold letters, digits, - . _ ~ and single slashes alone, and no token: "
            "what is delivered carries a secret of its own"
        )


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _base(value: str, example: str) -> str:
    parts = _split(value, example)
    if parts.query or parts.fragment:
        raise ValueError("it must end with a path")
    return value.rstrip("/")


def _split(value: str, example: str) -> SplitResult:
    sentence = f"it must be an http or https address, such as {example}"
    try:
        parts = urlsplit(value)
        usable = parts.scheme in _PORTS and parts.hostname and parts.port != 0
    except ValueError as err:  # no IPv6 address, or no port
        raise ValueError(sentence) from err
    if not usable or parts.username is not None:
        raise ValueError(sentence)
    return parts


def _segments(parts: SplitResult) -> list[str]:
    """Those of its path; an empty one is a doubled slash, or one at its end."""
    return parts.path.split("/")[1:] if parts.path.strip("/") else []


def _is_plain(segment: str) -> bool:
    return bool(_SEGMENT.fullmatch(segment)) and segment.strip(".") != ""
