"""Answers and requests of /v1/embeds and /v1/albums as the documentation shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.v1 import album_models, embed_models

if TYPE_CHECKING:
    from pydantic import BaseModel

ALBUM_ID = "4uTf9RkXpZ"
PROFILE_ID = 5

_PROFILE = {
    "name": "My brand",
    "title": "{caption}",
    "description": "{width} × {height}, {size}",
    "color": "#ff5733",
    "author_name": "{uploader}",
    "author_url": "https://example.com",
    "layout": "card",
    "image": "large",
    "spoiler": False,
    "buttons": [],
}
_ALBUM = {"title": "Holiday", "description": "Two weeks by the sea"}


def examples(public: str, created: int, image: dict[str, Any]) -> dict[type[BaseModel], Any]:
    """An answer of each kind, with that image."""
    profile = {"id": PROFILE_ID, **_PROFILE, "default": False, "created_at": created}
    album = {
        "id": ALBUM_ID,
        "link": f"{public}/a/{ALBUM_ID}",
        **_ALBUM,
        "public": True,
        "has_password": False,  # whether there is one  # nosec B105
        "media_count": 1,
        "created_at": created,
    }
    card = {
        "layout": "card",
        "image": "large",
        "title": "Hero shot",
        "description": "1920 × 1080, 239.9 KB",
        "site_name": "Pixferry",
        "spoiler": False,
        "buttons": [],
    }
    author = {"author_name": "Jane", "author_url": "https://example.com", "color": "#ff5733"}
    return {
        embed_models.EmbedObject: profile,
        embed_models.EmbedList: {"data": [profile]},
        embed_models.PreviewObject: {
            "chats": [{"chat": "discord", **card, **author}, {"chat": "telegram", **card}],
            "findings": [
                {
                    "chat": "telegram",
                    "field": "color",
                    "effect": "ignored",
                    "message": "Telegram's previews have none.",
                }
            ],
        },
        album_models.AlbumObject: album,
        album_models.AlbumPage: {"data": [album], "next_cursor": None, "has_more": False},
        album_models.AlbumWithMedia: {
            **album,
            "media": [image],
            "next_cursor": None,
            "has_more": False,
        },
    }


REQUESTS: dict[type[BaseModel], dict[str, Any]] = {
    embed_models.EmbedRequest: _PROFILE,
    embed_models.EmbedPatchRequest: {"color": "#0066ff", "description": None},
    album_models.AlbumRequest: _ALBUM,
    album_models.AlbumPatchRequest: {"title": "Holiday 2026", "password": None},  # to take it away  # nosec B105
}
"""A body for each request."""
