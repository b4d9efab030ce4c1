"""Answers as the documentation shows them; a test holds them against the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api import sharex
from api.v1 import link_models, models, sharing_examples
from api.v1.sharing_examples import ALBUM_ID, PROFILE_ID
from core.plans import load_plans

if TYPE_CHECKING:
    from pydantic import BaseModel

ID = "7Hq2mXwYbK"
KEY_ID = 7
_CREATED = 1_778_313_600
_DAY = 86_400
_SEALED = "sig=SIGNATURE"


def example_id(path: str, name: str) -> str | int:
    """What stands for a parameter of that route's path."""
    if name != "id":
        return ID
    sections: dict[str, str | int] = {"keys": KEY_ID, "embeds": PROFILE_ID, "albums": ALBUM_ID}
    return sections.get(path.split("/")[2], ID)


def examples(public: str, media: str) -> dict[type[BaseModel], dict[str, Any]]:
    """An answer of each kind; `public` and `media` are the bases of links and of bytes."""
    free = load_plans()["free"]
    image = {
        "id": ID,
        "link": f"{public}/{ID}",
        "caption": "Hero shot",
        "extension": "jpeg",
        "width": 1920,
        "height": 1080,
        "filesize": 245_678,
        "created_at": _CREATED,
        "src": f"{media}/{ID}.jpeg",
        "mime": "image/jpeg",
        "public": True,
        "animated": False,
        "author": "Jane Doe",
    }
    key = {
        "id": KEY_ID,
        "name": "laptop",
        "abilities": ["read", "write"],
        "created_at": _CREATED,
        "last_used_at": None,
    }
    used, stored = 42, 1 << 30
    usage = {
        "monthly": {
            "uploads": used,
            "uploads_limit": free.uploads_month,
            "uploads_remaining": (free.uploads_month or used) - used,
            "resets_at": _CREATED + 23 * _DAY,
        },
        "totals": {
            "media_stored": 142,
            "storage_used_bytes": stored,
            "storage_limit_bytes": free.storage,
            "storage_remaining_bytes": (free.storage or stored) - stored,
        },
        "plan": free.id,
    }
    return {
        models.MediaObject: image,
        models.HostedObject: image,
        models.MediaPage: {"data": [image], "next_cursor": "WzEsIjIwMjYi.Xb3c", "has_more": True},
        link_models.LinkObject: {
            "link": f"{public}/{ID}?h=480&w=640&{_SEALED}",
            "src": f"{media}/{ID}.jpeg?h=480&w=640&{_SEALED}",
            "expires_at": _CREATED + 7 * _DAY,
        },
        models.BatchUpdated: {"updated": 1, "media": [image]},
        models.BatchDeleted: {"deleted": 2},
        models.UsageObject: usage,
        models.KeyList: {"data": [key]},
        models.NewKeyObject: {**key, "token": f"{KEY_ID}|TOKEN"},
        sharex.Uploader: sharex.native(public, None).model_dump(),
        **sharing_examples.examples(public, _CREATED, image),
    }


def anonymous_example(public: str, media: str) -> dict[str, Any]:
    """What an upload without a key is answered: `examples` and what comes on top."""
    image = examples(public, media)[models.HostedObject]
    uploads = load_plans()["free"].uploads_month
    return {
        **image,
        "expires_at": _CREATED + 30 * _DAY,
        "delete_token": "DELETE_TOKEN",  # an example  # nosec B105
        "upgrade": {
            "type": "register",
            "url": f"{public}/auth/register?from_cta=api",
            "message": f"Sign up for permanent storage and {uploads} uploads/month",
            "label": "Create Account",
        },
    }


REQUESTS: dict[type[BaseModel], dict[str, Any]] = {
    models.ImportRequest: {"url": "https://example.com/photo.jpg", "caption": "Hero shot"},
    models.PatchRequest: {"caption": "New caption", "ttl": "7d", "author": None},
    models.BatchPatchRequest: {"ids": [ID], "public": False},
    models.BatchDeleteRequest: {"ids": [ID]},
    link_models.LinkRequest: {"w": 640, "h": 480, "fit": "cover", "expires_in": "7d"},
    models.KeyRequest: {"name": "laptop", "abilities": ["read", "write"]},
    **sharing_examples.REQUESTS,
}
"""A body for each request that is sent as JSON."""

FORM = {"file": "(the bytes of photo.jpg)", "caption": "Hero shot"}
"""The fields of an upload."""
