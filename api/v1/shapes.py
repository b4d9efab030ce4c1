"""From the core's values to /v1's JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.imaging.formats import BY_NAME
from core.services.access import owns

if TYPE_CHECKING:
    from core.model import ApiKey, Caller, Media, Plan, Usage
    from core.services.accounts import NewKey
    from core.services.uploads import Hosted
    from core.urls import Urls


def media_json(media: Media, caller: Caller, urls: Urls) -> dict[str, Any]:
    """A media object; what ties it to chats and albums is shown to its team alone."""
    kind = BY_NAME[media.format]
    shown: dict[str, Any] = {
        "id": media.id,
        "link": urls.link(media),
        "caption": media.caption,
        "extension": kind.extension,
        "width": media.width,
        "height": media.height,
        "filesize": media.blob.size,
        "created_at": int(media.created_at.timestamp()),
        "expires_at": int(media.expires_at.timestamp()) if media.expires_at else None,
        "src": urls.src(media),
        "mime": kind.mime,
        "public": media.public,
        "animated": media.animated,
    }
    if owns(caller, media):
        shown["external_id"] = media.external_id
        shown["album_id"] = media.album_id
        shown["embed_profile_id"] = media.embed_profile_id
    present = {name: value for name, value in shown.items() if value is not None}
    # An older image may carry attribution by a name that has become ours since: ours wins.
    return present | {name: text for name, text in media.metadata.items() if name not in shown}


def hosted_json(hosted: Hosted, caller: Caller, urls: Urls, free: Plan | None) -> dict[str, Any]:
    """A new image; without a key also how to take it back and how to get more.

    `free` is the plan of those who ask for an account; None: nobody may ask.
    """
    shown = media_json(hosted.media, caller, urls)
    if hosted.delete_token:
        shown["delete_token"] = hosted.delete_token
    if hosted.delete_token and free:
        shown["upgrade"] = {
            "type": "register",
            "url": urls.register(),
            "message": f"Sign up for permanent storage and {free.uploads_month} uploads/month",
            "label": "Create Account",
        }
    return shown


def usage_json(plan: Plan, used: Usage) -> dict[str, Any]:
    return {
        "monthly": {
            "uploads": used.uploads,
            "uploads_limit": plan.uploads_month,
            "uploads_remaining": _left(plan.uploads_month, used.uploads),
            "resets_at": int(used.resets_at.timestamp()),
        },
        "totals": {
            "media_stored": used.media_stored,
            "storage_used_bytes": used.storage_bytes,
            "storage_limit_bytes": plan.storage,
            "storage_remaining_bytes": _left(plan.storage, used.storage_bytes),
        },
        "plan": plan.id,
    }


def _left(limit: int | None, used: int) -> int | None:
    return None if limit is None else max(0, limit - used)


def key_json(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "abilities": sorted(key.abilities),
        "created_at": int(key.created_at.timestamp()),
        "last_used_at": int(key.last_used_at.timestamp()) if key.last_used_at else None,
    }


def new_key_json(new: NewKey) -> dict[str, Any]:
    return {**key_json(new.key), "token": new.token}
