"""What a client says of the bytes that it has, and which of them it wants (RFC 9110, 13 and 14)."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import web

_RANGE = re.compile(r"bytes=(?!-$)([0-9]{0,18})-([0-9]{0,18})", re.IGNORECASE)
_ETAG = re.compile(r'(?:W/)?("[^"]*")')


def unchanged(request: web.Request, headers: Mapping[str, str]) -> bool:
    """Whether the client's copy is good (RFC 9110, 13.2.2)."""
    given = ",".join(request.headers.getall("If-None-Match", []))
    if given:
        return given.strip() == "*" or headers["ETag"] in _ETAG.findall(given)
    since = _date(request.headers.get("If-Modified-Since"))
    if since is None:
        return False
    modified = _date(headers["Last-Modified"])
    return modified is not None and modified <= since


def partial(request: web.Request, headers: Mapping[str, str]) -> bool:
    """Whether a single range is asked for of the very bytes that the client has begun with."""
    asked = request.headers.get("Range")
    if asked is None or not _RANGE.fullmatch(asked.replace(" ", "")):
        return False
    condition = request.headers.get("If-Range")
    if condition is None:
        return True
    if condition.startswith(('"', "W/")):
        return condition == headers["ETag"]
    return _date(condition) == _date(headers["Last-Modified"])


def span(request: web.Request, size: int) -> tuple[int, int] | None:
    """The bytes [start, end) of the range; None if it lies outside of the picture."""
    parts = _RANGE.fullmatch(request.headers["Range"].replace(" ", ""))
    assert parts
    first, last = parts[1], parts[2]
    if not first:
        wanted = min(int(last or 0), size)
        return (size - wanted, size) if wanted else None
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    return (start, end) if start < size and start < end else None


def _date(text: str | None) -> datetime | None:
    """An HTTP date, which is in GMT; None for what is none."""
    try:
        found = parsedate_to_datetime(text) if text else None
    except (ValueError, OverflowError):
        return None
    return found if found is None or found.tzinfo else found.replace(tzinfo=UTC)
