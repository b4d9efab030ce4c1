"""From the core's values to the JSON of img.pro's API 1.0."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from api.compat.dialect import sentence
from api.keys import CORE, URLS
from core.errors import InvalidInput, NotFound
from core.file_names import name_or_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aiohttp import web

    from api.errors import Problem
    from core.model import Media
    from core.services.delivery import Variant
    from core.urls import Urls

MEDIA_NOT_FOUND = "Media not found"


async def media_list(request: web.Request, media: Sequence[Media]) -> list[dict[str, Any]]:
    """Media objects of these images."""
    core, urls = request.app[CORE], request.app[URLS]
    tags = await core.library.tags_of(media)
    sizes = await asyncio.gather(*(core.delivery.variants(one) for one in media))
    return [
        _media(one, tags.get(one.id, ()), made, urls)
        for one, made in zip(media, sizes, strict=True)
    ]


async def media_json(request: web.Request, media: Media) -> dict[str, Any]:
    """One image's media object."""
    return (await media_list(request, [media]))[0]


def _media(
    media: Media, tags: Sequence[str], sizes: Mapping[str, Variant], urls: Urls
) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": media.id,
        "name": name_or_id(media.name, media.id, media.format),
        "url": urls.link(media) if media.public else None,
        "src": urls.src(media),
        "width": media.width,
        "height": media.height,
        "filesize": media.blob.size,
        "description": media.caption,
        "tags": list(tags) or None,
        "expires_at": int(media.expires_at.timestamp()) if media.expires_at else None,
        "sizes": {name: _size(media, name, made, urls) for name, made in sizes.items()} or None,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _size(media: Media, name: str, made: Variant, urls: Urls) -> dict[str, Any]:
    return {
        "src": urls.picture(media, made.format, f"size={name}"),
        "width": made.width,
        "height": made.height,
        "filesize": made.filesize,
    }


def failure(problem: Problem, status: int, code: str) -> dict[str, Any]:
    """What went wrong: by field where fields are at fault, else with a code."""
    if issubclass(problem.kind, InvalidInput) and status == 400:  # noqa: PLR2004  not a file's size
        found = problem.errors or {"body": [problem.message]}
        errors = {name: [one.rstrip(".") for one in told] for name, told in found.items()}
        return {"error": "Validation failed", "errors": errors}
    message = MEDIA_NOT_FOUND if issubclass(problem.kind, NotFound) else sentence(problem)
    return {"error": message, "code": code}
