"""From the core's values to the JSON of imglink.io's API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.compat.dialect import sentence
from core.file_names import name_or_id
from core.services.orders import output_of
from core.services.previews import thumbnail
from core.sharing import bbcode_image, html_image, markdown_image

if TYPE_CHECKING:
    from datetime import datetime

    from api.errors import Problem
    from core.model import Media
    from core.urls import Urls


def image_json(media: Media, urls: Urls) -> dict[str, Any]:
    """An image as uploads give it."""
    name = name_or_id(media.name, media.id, media.format)
    return {
        "id": media.id,
        "filename": name,
        "size": media.blob.size,
        "width": media.width,
        "height": media.height,
        "format": media.format.upper(),
        "uploaded_at": _time(media.created_at),
        "links": _links(media, name, urls),
    }


def shown_json(media: Media, urls: Urls) -> dict[str, Any]:
    """The same with its end, if it has one."""
    end = {"expires_at": _time(media.expires_at)} if media.expires_at else {}
    return image_json(media, urls) | end


def failure(problem: Problem, _status: int, code: str) -> dict[str, Any]:
    """What went wrong."""
    return {"success": False, "error": {"code": code.upper(), "message": sentence(problem)}}


def _links(media: Media, name: str, urls: Urls) -> dict[str, str]:
    src, small = urls.src(media), thumbnail(media)
    return {
        "direct": src,
        "thumbnail": urls.picture(media, output_of(media, small), small.key),
        "view_page": urls.link(media),
        "bbcode": bbcode_image(src),
        "html": html_image(src),
        "markdown": markdown_image(src, name),
    }


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
