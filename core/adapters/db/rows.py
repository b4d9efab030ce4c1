"""From rows to the values that cross borders."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from core.adapters.db.tables import ApiKeyRow, BanRow, BlobRow, MediaRow, TeamRow, UsageRow, UserRow
from core.fields import check_text
from core.model import (
    Ability,
    ApiKey,
    Blob,
    BlobId,
    KeyId,
    Media,
    MediaId,
    NewMedia,
    Team,
    TeamId,
    Usage,
    User,
    UserId,
)

Sidecar = aliased(BlobRow)
_IDS = range(2**63)


def select_media() -> Select[MediaRow, BlobRow, BlobRow]:
    """Media with the blobs that they show; the third, the sidecar, may be None."""
    return (
        select(MediaRow, BlobRow, Sidecar)
        .join(BlobRow, col(MediaRow.blob_id) == col(BlobRow.id))
        .outerjoin(Sidecar, col(MediaRow.sidecar_id) == col(Sidecar.id))
    )


def in_no_row(value: str | int) -> bool:
    """Whether no column can hold this text or id: then no row has it, and none need be asked."""
    if isinstance(value, int):
        return value not in _IDS
    try:
        check_text(value, len(value))
    except ValueError:
        return True
    return False


def living(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Conditions on media: published, and not over its time."""
    expires_at = col(MediaRow.expires_at)
    return (
        col(MediaRow.published_at).is_not(None),
        or_(expires_at.is_(None), expires_at > now),
    )


def row_from(new: NewMedia, blob: BlobRow, sidecar: BlobRow | None) -> MediaRow:
    """The row of a reservation."""
    image = new.ingested
    return MediaRow(
        id=new.id,
        team_id=new.team_id,
        user_id=new.user_id,
        blob_id=blob.id,
        sidecar_id=sidecar.id if sidecar else None,
        format=image.format,
        width=image.width,
        height=image.height,
        animated=image.animated,
        frames=image.frames,
        filesize=image.blob.size,
        name=new.name,
        caption=new.caption,
        attribution=dict(new.metadata),
        public=new.public,
        nsfw=new.nsfw,
        listed=new.listed,
        external_id=new.external_id,
        album_id=new.album_id,
        embed_profile_id=new.embed_profile_id,
        created_at=new.created_at,
        expires_at=new.expires_at,
        delete_token_hash=new.delete_token_hash,
    )


def media_from(row: MediaRow, blob: BlobRow, sidecar: BlobRow | None) -> Media:
    """The image of one row of `select_media`."""
    return Media(
        id=MediaId(row.id),
        team_id=None if row.team_id is None else TeamId(row.team_id),
        user_id=None if row.user_id is None else UserId(row.user_id),
        blob=blob_from(blob),
        sidecar=blob_from(sidecar) if sidecar else None,
        format=row.format,
        width=row.width,
        height=row.height,
        animated=row.animated,
        name=row.name,
        caption=row.caption,
        metadata=row.attribution,
        public=row.public,
        external_id=row.external_id,
        album_id=row.album_id,
        embed_profile_id=row.embed_profile_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        nsfw=row.nsfw,
        listed=row.listed,
        delete_token_hash=row.delete_token_hash,
        frames=row.frames,
        closings=row.closings,
    )


def blob_from(row: BlobRow) -> Blob:
    return Blob(BlobId(row.id), row.sha256, row.size, row.stored_at is not None)


def team_from(row: TeamRow) -> Team:
    assert row.id is not None
    return Team(TeamId(row.id), row.name, row.plan, row.default_public)


def user_from(row: UserRow, ban: BanRow | None) -> User:
    assert row.id is not None
    banned_at = ban.created_at if ban else None
    return User(UserId(row.id), row.email, row.is_admin, banned_at, row.created_at)


def key_from(row: ApiKeyRow) -> ApiKey:
    assert row.id is not None
    return ApiKey(
        id=KeyId(row.id),
        team_id=TeamId(row.team_id),
        user_id=UserId(row.user_id),
        name=row.name,
        abilities=frozenset(Ability(word) for word in row.abilities.split(",")),
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )


def month_of(now: datetime) -> str:
    """The calendar month (UTC) that uploads count in, such as `2026-11`."""
    return now.astimezone(UTC).strftime("%Y-%m")


def next_month(now: datetime) -> datetime:
    """When the month's uploads count from nought again."""
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if first.month == 12:  # noqa: PLR2004  December
        return first.replace(year=first.year + 1, month=1)
    return first.replace(month=first.month + 1)


def usage_from(row: UsageRow | None, now: datetime) -> Usage:
    """The use as of now; last month's uploads count no more."""
    resets_at = next_month(now)
    if row is None:
        return Usage(0, resets_at, 0, 0)
    uploads = row.uploads if row.month >= month_of(now) else 0
    return Usage(uploads, resets_at, row.media_count, row.storage_bytes)
