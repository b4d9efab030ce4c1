"""The headers that go with a picture's bytes."""

from __future__ import annotations

import re
from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from multidict import CIMultiDict

from core.imaging.formats import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from core.model import Media
    from core.services.delivery import Offer

CSP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
VARY = "Accept, Sec-Fetch-Dest"
PRIVATE = "private, no-store"
CLIENT_AGE = 3_600
"""Seconds that a browser may keep a public picture."""

_SHARED_AGE = 60
_REMEMBERED = 10_000
"""Pictures whose headers are put together once."""


def file_headers(offer: Offer, now: datetime, *, attached: bool, bare: bool) -> CIMultiDict[str]:
    """All that is known before the bytes are opened.

    `attached`: to be saved rather than shown. `bare`: the address has no extension, so it gives
    a page to others.
    """
    media = offer.media
    made = _lasting(offer.tag, offer.format, media.id, media.name, media.created_at, attached, bare)
    headers = made.copy()
    headers["Cache-Control"] = (
        PRIVATE if offer.private else cache_control(media, now, until=offer.until)
    )
    return headers


def without_body(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that go with a 304."""
    about_body = {"Content-Type", "Content-Disposition"}
    return {name: value for name, value in headers.items() if name not in about_body}


def cache_control(
    media: Media, now: datetime, longest: int = CLIENT_AGE, until: datetime | None = None
) -> str:
    """How long caches may keep it: `longest` seconds, shared ones a minute, while it lives.

    `until`: when the link ends, if that is before the image does.
    """
    if not media.public:
        return PRIVATE
    left = longest
    if ends := until or media.expires_at:
        left = max(0, min(left, int((ends - now).total_seconds())))
    return f"public, max-age={left}, s-maxage={min(left, _SHARED_AGE)}"


@lru_cache(maxsize=_REMEMBERED)
def _lasting(
    tag: str,
    sent: str,
    media_id: str,
    given: str | None,
    created_at: datetime,
    attached: bool,
    bare: bool,
) -> CIMultiDict[str]:
    """What neither time nor the caller changes; to be copied."""
    kind = BY_NAME[sent]
    headers = CIMultiDict(
        {
            "Content-Type": kind.mime,
            "ETag": f'"{tag}"',
            "Last-Modified": format_datetime(created_at, usegmt=True),
            "Accept-Ranges": "bytes",
            "Content-Disposition": _disposition(given, media_id, sent, attached=attached),
            "Content-Security-Policy": CSP,
            "Cross-Origin-Resource-Policy": "cross-origin",
            "Access-Control-Allow-Origin": "*",
        }
    )
    if bare:
        headers["Vary"] = VARY
    return headers


def _disposition(given: str | None, media_id: str, sent: str, *, attached: bool) -> str:
    """The file's own name, with the extension of what is really sent (RFC 6266)."""
    kind = BY_NAME[sent]
    stem, dot, own = (given or "").rpartition(".")
    fitting = dot and own.lower() in {kind.extension, *kind.aliases}
    name = given if given and fitting else f"{stem or given or media_id}.{kind.extension}"
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    shown = f'{"attachment" if attached else "inline"}; filename="{plain}"'
    return shown if plain == name else f"{shown}; filename*=UTF-8''{quote(name, safe='')}"
