"""From the core's values to the JSON of imglink.cc's API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.compat.dialect import sentence
from api.keys import CORE, URLS
from core.embeds import TEXTS
from core.errors import Unauthenticated
from core.imaging.formats import BY_NAME
from core.services.albums import owns_album

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from aiohttp import web

    from api.errors import Problem
    from core.albums import Album
    from core.embeds import EmbedProfile
    from core.model import Caller, Media
    from core.urls import Urls

PREFIX = "/compat/imglink.cc"
NO_KEY = (
    "Missing or invalid API key: send a key as `X-API-Key`, or a token from /api/auth/login as "
    "`Authorization: Bearer TOKEN`."
)


def uploaded(media: Media, urls: Urls) -> dict[str, Any]:
    """A new image."""
    shown = _addresses(media, urls)
    shown["delete"] = f"{urls.api}{PREFIX}/api/v1/image/{media.id}"
    return shown | _facts(media)


async def images(request: web.Request, media: Sequence[Media]) -> list[dict[str, Any]]:
    """Images as they are looked at."""
    seen = await request.app[CORE].views.of([one.id for one in media])
    return [
        {
            **_addresses(one, request.app[URLS]),
            **_facts(one),
            "views": seen[one.id],
            "uploadedAt": time(one.created_at),
        }
        for one in media
    ]


def album(found: Album, caller: Caller) -> dict[str, Any]:
    """An album; others than its team are told of public images alone."""
    ours = owns_album(caller, found)
    return {
        "id": found.id,
        "title": found.title,
        "description": found.description,
        "isPublic": found.public,
        "hasPassword": found.password_hash is not None,
        "imageCount": found.media_count if ours else found.public_count,
        "createdAt": time(found.created_at),
    }


def profile(found: EmbedProfile) -> dict[str, Any]:
    """An embed profile; what is not set is null."""
    texts = {name: getattr(found.look, name) for name in TEXTS}
    return {"id": found.id, "name": found.name, **texts}


def time(when: datetime) -> str:
    """A time as `2026-01-15T12:00:00Z`."""
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


def failure(problem: Problem, status: int, code: str) -> dict[str, Any]:  # noqa: ARG001  each dialect's signature
    """What went wrong: a sentence."""
    missing = problem.kind is Unauthenticated and problem.message == Unauthenticated.sentence
    return {"error": NO_KEY if missing else sentence(problem)}


def _addresses(media: Media, urls: Urls) -> dict[str, Any]:
    return {
        "id": media.id,
        "url": urls.src(media),
        "thumbnail": urls.picture(media, "webp", "size=m"),
        "viewer": urls.link(media),
    }


def _facts(media: Media) -> dict[str, Any]:
    return {
        "width": media.width,
        "height": media.height,
        "size": media.blob.size,
        "mime": BY_NAME[media.format].mime,
    }
