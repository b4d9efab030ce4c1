"""New media for tests of the catalog: no picture, but all that is recorded of one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from core.ids import new_media_id
from core.model import Ingested, NewMedia, Plan, StagedFile

NOW = datetime(2026, 5, 17, 12, 30, 15, 250_000, tzinfo=UTC)


def later(**span) -> datetime:
    return NOW + timedelta(**span)


def staged(data: bytes) -> StagedFile:
    return StagedFile(Path("unused"), sha256(data).hexdigest(), len(data))


def new_media(data: bytes = b"picture", sidecar: bytes | None = None, team=None, **changes):
    """A NewMedia of these bytes; `team` is a Team or None."""
    ingested = Ingested(
        "jpeg", 4, 3, False, staged(data), None if sidecar is None else staged(sidecar)
    )
    fields = {
        "id": new_media_id(),
        "team_id": team.id if team else None,
        "user_id": None,
        "ingested": ingested,
        "name": "photo.jpg",
        "caption": None,
        "metadata": {},
        "public": True,
        "external_id": None,
        "album_id": None,
        "embed_profile_id": None,
        "created_at": NOW,
        "expires_at": None,
        "delete_token_hash": None,
    }
    return NewMedia(**fields | changes)


def plan(uploads: int | None = None, storage: int | None = None) -> Plan:
    return Plan("free", "Free", "", 1 << 20, 1 << 20, uploads, storage, None, None)
