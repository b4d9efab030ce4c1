"""The tables. Rows never leave `adapters/db`; times are aware UTC on every database."""

# No `from __future__ import annotations` here: SQLModel reads the annotations at run time.

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, false, text
from sqlmodel import Field, SQLModel

from core.adapters.db import inbox_table  # noqa: F401  whoever imports the tables has them all
from core.adapters.db.columns import BigId, UtcDateTime
from core.adapters.db.columns import time as _time
from core.adapters.db.columns import word as _word


class UserRow(SQLModel, table=True):
    """A person. `email` is lower case."""

    __tablename__ = "users"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    email: str | None = Field(default=None, unique=True, max_length=320)
    name: str | None = Field(default=None, max_length=200)
    password_hash: str | None = None
    email_verified_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    is_admin: bool = False
    created_at: datetime = _time()


class BanRow(SQLModel, table=True):
    """A banned user; the row's absence is: not banned."""

    __tablename__ = "bans"

    user_id: int = Field(primary_key=True, foreign_key="users.id", sa_type=BigId)
    reason: str = ""
    created_at: datetime = _time()


class TeamRow(SQLModel, table=True):
    """Who owns images and quotas."""

    __tablename__ = "teams"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    name: str = Field(max_length=200)
    plan: str = Field(max_length=64)
    default_public: bool = True
    default_embed_profile_id: int | None = Field(default=None, index=True, sa_type=BigId)
    created_at: datetime = _time()


class MembershipRow(SQLModel, table=True):
    """Who belongs to which team, as `owner`, `admin` or `member`."""

    __tablename__ = "memberships"

    user_id: int = Field(primary_key=True, foreign_key="users.id", sa_type=BigId)
    team_id: int = Field(primary_key=True, foreign_key="teams.id", index=True, sa_type=BigId)
    role: str = Field(default="owner", max_length=16)


class SessionRow(SQLModel, table=True):
    """A browser that is signed in; of its secret only SHA-256 is kept."""

    __tablename__ = "sessions"

    id: str = _word(64, primary_key=True)
    user_id: int = Field(foreign_key="users.id", index=True, sa_type=BigId)
    created_at: datetime = _time()
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class IdentityRow(SQLModel, table=True):
    """A chat platform's user, tied to ours."""

    __tablename__ = "identities"

    platform: str = Field(primary_key=True, max_length=16)
    platform_user_id: str = Field(primary_key=True, max_length=64)
    user_id: int = Field(foreign_key="users.id", index=True, sa_type=BigId)
    created_at: datetime = _time()
    hinted: bool = Field(default=False, sa_column_kwargs={"server_default": false()})


class ApiKeyRow(SQLModel, table=True):
    """An API key; of the secret only SHA-256 is kept (it is random, so no salt is needed)."""

    __tablename__ = "api_keys"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    team_id: int = Field(foreign_key="teams.id", index=True, sa_type=BigId)
    user_id: int = Field(foreign_key="users.id", index=True, sa_type=BigId)
    name: str = Field(default="", max_length=200)
    secret_hash: str = _word(64, unique=True)
    abilities: str = Field(max_length=64)
    created_at: datetime = _time()
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class UsageRow(SQLModel, table=True):
    """A team's use of its plan. `uploads` belongs to `month` (`2026-11`, UTC)."""

    __tablename__ = "usage"

    team_id: int = Field(primary_key=True, foreign_key="teams.id", sa_type=BigId)
    month: str = Field(default="", max_length=7)
    uploads: int = Field(default=0, sa_type=BigInteger)
    storage_bytes: int = Field(default=0, sa_type=BigInteger)
    media_count: int = Field(default=0, sa_type=BigInteger)


class BlobRow(SQLModel, table=True):
    """One stored copy of some bytes. `id` names the copy in the blob store.

    `stored_at`: the bytes are safe. `suspect_at`: a media let go of it; perhaps nobody holds
    it any more. `doomed_at`: nobody does, and nobody may take it up again: an upload of the
    same bytes makes a new copy, so that removing the old one can never hurt it.
    """

    __tablename__ = "blobs"
    __table_args__ = (
        Index(
            "blobs_one_live_copy",
            "sha256",
            unique=True,
            sqlite_where=text("doomed_at IS NULL"),
            postgresql_where=text("doomed_at IS NULL"),
        ),
        Index(
            "blobs_suspect",
            "suspect_at",
            sqlite_where=text("suspect_at IS NOT NULL"),
            postgresql_where=text("suspect_at IS NOT NULL"),
        ),
        Index(
            "blobs_doomed",
            "doomed_at",
            sqlite_where=text("doomed_at IS NOT NULL"),
            postgresql_where=text("doomed_at IS NOT NULL"),
        ),
    )

    id: str = _word(40, primary_key=True)
    sha256: str = _word(64)
    size: int = Field(sa_type=BigInteger)
    created_at: datetime = _time()
    stored_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    suspect_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    doomed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class EmbedProfileRow(SQLModel, table=True):
    """How a link previews in chats."""

    __tablename__ = "embed_profiles"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    user_id: int = Field(foreign_key="users.id", index=True, sa_type=BigId)
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True, sa_type=BigId)
    name: str = Field(max_length=200)
    title: str | None = None
    description: str | None = None
    color: str | None = Field(default=None, max_length=9)
    author_name: str | None = None
    author_url: str | None = None
    site_name: str | None = None
    layout: str = Field(default="card", max_length=16)
    image: str = Field(default="large", max_length=16)
    spoiler: bool = False
    buttons: list[dict[str, str]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False)
    )
    created_at: datetime = _time()


class AlbumRow(SQLModel, table=True):
    """Images shown together at `/a/{id}`."""

    __tablename__ = "albums"
    __table_args__ = (Index("albums_of_team", "team_id", "created_at", "id"),)

    id: str = _word(16, primary_key=True)
    team_id: int = Field(foreign_key="teams.id", sa_type=BigId)
    title: str = Field(max_length=200)
    description: str | None = None
    public: bool = True
    password_hash: str | None = None
    embed_profile_id: int | None = Field(
        default=None, foreign_key="embed_profiles.id", index=True, sa_type=BigId
    )
    created_at: datetime = _time()


class MediaRow(SQLModel, table=True):
    """A hosted image. `published_at` is empty while its bytes are being stored."""

    __tablename__ = "media"
    __table_args__ = (
        Index("media_of_team", "team_id", "created_at", "id"),
        Index("media_of_album", "album_id", "created_at", "id"),
        Index(
            "media_external_id",
            "team_id",
            "external_id",
            unique=True,
            sqlite_where=text("external_id IS NOT NULL"),
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index(
            "media_expiry",
            "expires_at",
            sqlite_where=text("expires_at IS NOT NULL"),
            postgresql_where=text("expires_at IS NOT NULL"),
        ),
        Index(
            "media_unpublished",
            "created_at",
            sqlite_where=text("published_at IS NULL"),
            postgresql_where=text("published_at IS NULL"),
        ),
        Index(
            "media_gallery",
            "created_at",
            "id",
            sqlite_where=text("listed AND public AND NOT nsfw"),
            postgresql_where=text("listed AND public AND NOT nsfw"),
        ),
    )

    id: str = _word(16, primary_key=True)
    team_id: int | None = Field(default=None, foreign_key="teams.id", sa_type=BigId)
    user_id: int | None = Field(default=None, foreign_key="users.id", index=True, sa_type=BigId)
    blob_id: str = _word(40, foreign_key="blobs.id", index=True)
    sidecar_id: str | None = _word(40, default=None, foreign_key="blobs.id", index=True)
    format: str = Field(max_length=8)
    width: int
    height: int
    animated: bool = False
    frames: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    filesize: int = Field(sa_type=BigInteger)
    name: str | None = Field(default=None, max_length=255)
    caption: str | None = None
    attribution: dict[str, str] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False)
    )
    public: bool = True
    closings: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    nsfw: bool = False
    listed: bool = False
    external_id: str | None = Field(default=None, max_length=255)
    album_id: str | None = _word(16, default=None, foreign_key="albums.id")
    embed_profile_id: int | None = Field(
        default=None, foreign_key="embed_profiles.id", index=True, sa_type=BigId
    )
    delete_token_hash: str | None = Field(default=None, max_length=64)
    created_at: datetime = _time()
    published_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ViewsRow(SQLModel, table=True):
    """How often an image was looked at; no row: never.

    Apart from the image's own row, which is kept in memory until it changes.
    """

    __tablename__ = "media_views"

    media_id: str = _word(16, primary_key=True, foreign_key="media.id", ondelete="CASCADE")
    views: int = Field(sa_type=BigInteger)


class MarkRow(SQLModel, table=True):
    """What SQLite's triggers set anew when rows of a kind change: see `sqlite_changes`."""

    __tablename__ = "marks"

    name: str = Field(primary_key=True, max_length=16)
    mark: int = Field(sa_type=BigInteger)


class MediaTagRow(SQLModel, table=True):
    """A tag of an image, in the order given."""

    __tablename__ = "media_tags"

    media_id: str = _word(16, primary_key=True, foreign_key="media.id", ondelete="CASCADE")
    tag: str = Field(primary_key=True, index=True, max_length=50)
    position: int = 0


class TombstoneRow(SQLModel, table=True):
    """What stays of a removed image."""

    __tablename__ = "tombstones"

    id: str = _word(16, primary_key=True)
    gone_at: datetime = _time()
    reason: str = Field(max_length=16)
    was_public: bool


class ChatRow(SQLModel, table=True):
    """A Discord server or Telegram group with settings of its own.

    Its team is kept when it is no longer `sharing`: whoever shares again goes on with what that
    team has used.
    """

    __tablename__ = "chats"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    platform: str = Field(max_length=16)
    platform_chat_id: str = Field(max_length=64)
    team_id: int | None = Field(default=None, foreign_key="teams.id", index=True, sa_type=BigId)
    sharing: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    embed_profile_id: int | None = Field(
        default=None, foreign_key="embed_profiles.id", index=True, sa_type=BigId
    )
    settings: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: datetime = _time()

    __table_args__ = (Index("chats_platform", "platform", "platform_chat_id", unique=True),)


class ChatPostRow(SQLModel, table=True):
    """In which chat an image was hosted, and by whom."""

    __tablename__ = "chat_posts"
    __table_args__ = (Index("chat_posts_of_user", "chat_id", "user_id", "created_at", "media_id"),)

    media_id: str = _word(16, primary_key=True, foreign_key="media.id", ondelete="CASCADE")
    chat_id: int = Field(foreign_key="chats.id", sa_type=BigId)
    user_id: int = Field(foreign_key="users.id", index=True, sa_type=BigId)
    created_at: datetime = _time()


class ConversationRow(SQLModel, table=True):
    """What a message with buttons is about."""

    __tablename__ = "conversations"

    id: str = _word(16, primary_key=True)
    user_id: int = Field(foreign_key="users.id", index=True, sa_type=BigId)
    kind: str = Field(max_length=16)
    state: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: datetime = _time()
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class TicketRow(SQLModel, table=True):
    """What is good once: a link that signs in, a code that links. Of it only SHA-256 is kept."""

    __tablename__ = "tickets"

    id: str = _word(64, primary_key=True)
    purpose: str = Field(max_length=16)
    user_id: int = Field(foreign_key="users.id", index=True, sa_type=BigId)
    created_at: datetime = _time()
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class ReportRow(SQLModel, table=True):
    """Somebody's report of an image. The reporter's address is an HMAC with a daily salt."""

    __tablename__ = "reports"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    media_id: str = _word(16, index=True)
    reason: str = Field(max_length=64)
    comment: str | None = None
    reporter_hash: str | None = Field(default=None, max_length=64)
    created_at: datetime = _time()
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
