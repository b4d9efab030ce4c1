"""Rules for the values that people give: times to live, captions, names, attribution.

Each function takes the raw value and gives the clean one, or raises ValueError with a
sentence that may be shown. Faces collect these into one InvalidInput.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

TTL_MIN = timedelta(seconds=300)
TTL_MAX = timedelta(days=90)
CAPTION_MAX = 2_000
METADATA_MAX = 50
METADATA_VALUE_MAX = 2_000
EXTERNAL_ID_MAX = 255

FORBIDDEN_NAMES = frozenset({"tags", "namespace", "nsfw", "tool", "defaults", "description"})
"""Words of the reference that no request may use as attribution."""

RESERVED_NAMES = FORBIDDEN_NAMES | frozenset(
    # what a request carries
    {"file", "url", "ttl", "ids"}
    # the image
    | {"id", "link", "src", "caption", "extension", "mime", "width", "height", "filesize"}
    | {"public", "animated", "created_at", "expires_at", "name"}
    | {"external_id", "album_id", "embed_profile_id", "upgrade", "delete_token"}
    # problems
    | {"error", "message", "action", "errors", "request_id"}
    # lists, batches, usage, keys
    | {"data", "next_cursor", "has_more", "updated", "media", "deleted"}
    | {"monthly", "totals", "plan", "abilities", "last_used_at", "token"}
    # embed profiles, albums
    | {"title", "color", "author_name", "author_url", "site_name", "layout", "image", "spoiler"}
    | {"buttons", "default", "chats", "findings", "has_password", "media_count"}
)
"""Names that attribution may not have, since answers use them themselves."""

_HOUR = timedelta(hours=1)
HOURS_MAX = TTL_MAX // _HOUR
_HOURS = re.compile(r"[0-9]{1,4}")
_SECONDS = re.compile(r"[0-9]{1,8}")
_SPAN = re.compile(r"([0-9]{1,4})([mhdw])")
_UNITS = {"m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
NO_REFERENCE = "There is no such thing, or it is not your team's."
"""Of an album or embed profile that a request names."""

METADATA_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
SPAN_PATTERN = f"^({_SECONDS.pattern}|{_SPAN.pattern.replace('(', '').replace(')', '')})$"
TTL_SENTENCE = "ttl must be seconds or a span such as 5m, 2h, 7d or 2w, from 300 s to 90 days."


def parse_ttl(value: str | int) -> timedelta:
    """How long an image lives: seconds (`3600`), or `5m`, `2h`, `7d`, `2w`."""
    return parse_span(value, TTL_MIN, TTL_MAX, TTL_SENTENCE)


def parse_hours(text: str) -> timedelta | None:
    """How long an image lives, in whole hours; 0: no end of its own."""
    if not _HOURS.fullmatch(text) or int(text) > HOURS_MAX:
        raise ValueError(f"It must be whole hours, from 1 to {HOURS_MAX:,}, or 0 for permanent.")
    return int(text) * _HOUR or None


def parse_span(
    value: str | int, shortest: timedelta, longest: timedelta, sentence: str
) -> timedelta:
    """A span of time within bounds; the sentence is for one that is none."""
    text = str(value)
    if _SECONDS.fullmatch(text):
        seconds = int(text)
    elif parts := _SPAN.fullmatch(text):
        seconds = int(parts[1]) * _UNITS[parts[2]]
    else:
        raise ValueError(sentence)
    span = timedelta(seconds=seconds)
    if not shortest <= span <= longest:
        raise ValueError(sentence)
    return span


def check_text(value: str, longest: int) -> str:
    """Any text of at most `longest` characters that every database and page can hold."""
    if len(value) > longest:
        raise ValueError(f"It may have at most {longest:,} characters; this has {len(value):,}.")
    if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("It must be valid Unicode text without NUL characters.")
    return value


def check_external_id(value: str) -> str:
    if not value:
        raise ValueError("external_id must have 1 to 255 characters.")
    return check_text(value, EXTERNAL_ID_MAX)


def check_metadata_name(name: str) -> str:
    """The name of an attribution field."""
    if name in RESERVED_NAMES:
        raise ValueError(f"{name} is a name of our own; attribution can't use it.")
    if not METADATA_NAME.fullmatch(name):
        raise ValueError("A field's name must be 1 to 64 of the characters A-Z a-z 0-9 _ . -")
    return name


def check_metadata_count(count: int) -> None:
    if count > METADATA_MAX:
        raise ValueError(f"An image may have at most {METADATA_MAX} attribution fields.")


def merged_metadata(old: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """The attribution after a patch: None removes.

    Raises:
        InvalidInput: the result would have too many fields.
    """
    merged = {**old, **changes}
    kept = {name: value for name, value in merged.items() if value is not None}
    try:
        check_metadata_count(len(kept))
    except ValueError as err:
        raise InvalidInput.on("metadata", str(err)) from err
    return kept
