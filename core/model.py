"""Frozen values that cross borders. Times are aware UTC, sizes bytes, dimensions pixels."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta
    from pathlib import Path

    from core.tags import TagChange

MediaId = NewType("MediaId", str)
BlobId = NewType("BlobId", str)
TeamId = NewType("TeamId", int)
UserId = NewType("UserId", int)
KeyId = NewType("KeyId", int)

MB = 1 << 20
GB = 1 << 30


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What image work refuses or scales down. Counts of pixels unless said.

    Args:
        max_pixels: refused above (headers alone are read to know).
        max_total_pixels: area times frames, refused above.
        max_frames: refused above.
        max_side: refused above.
        max_decoded_bytes: estimate when decoded (bytes a pixel by format), refused above.
        max_scans: start-of-scan markers of a JPEG, refused above.
        store_pixels: stored pictures are scaled down to this.
        store_side: stored pictures are scaled down to this.
        format_pixels: stricter `max_pixels` by format name.
    """

    max_pixels: int = 100_000_000
    max_total_pixels: int = 400_000_000
    max_frames: int = 1_000
    max_side: int = 65_535
    max_decoded_bytes: int = 800_000_000
    max_scans: int = 100
    store_pixels: int = 48_000_000
    store_side: int = 8_192
    format_pixels: Mapping[str, int] = field(
        default_factory=lambda: {"webp": 50_000_000, "avif": 89_000_000}
    )


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A finished file on local disk, not yet in the blob store."""

    path: Path
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Ingested:
    """What image work made of one upload.

    `format` is a name of the format table that can be stored (`jpeg`, `png`, `gif`, `webp`,
    `svg`, `ico`); width and height are as displayed, after EXIF orientation. `blob` is what
    links serve; `sidecar`, if any, holds the metadata that was taken out of it. `frames` is 1
    but for animations.
    """

    format: str
    width: int
    height: int
    animated: bool
    blob: StagedFile
    sidecar: StagedFile | None
    frames: int = 1


@dataclass(frozen=True, slots=True)
class Rendered:
    """What image work made of a stored picture; `format` is a name of the format table."""

    format: str
    width: int
    height: int
    animated: bool
    file: StagedFile


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """What an import address gave: a local file and its size, and the name in its URL."""

    path: Path
    size: int
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a team may do. None is: no limit (`retention`: permanent).

    `once_verified` is the plan that takes this one's place when the team's owner has shown that
    their email address is theirs.
    """

    id: str
    label: str
    price: str
    max_file: int
    max_svg: int
    uploads_month: int | None
    storage: int | None
    retention: timedelta | None
    requests_minute: int | None
    offered: bool = True
    once_verified: str | None = None


class Ability(StrEnum):
    """What a key may do; `ALL` holds the others and the management of keys."""

    READ = "read"
    WRITE = "write"
    ALL = "*"


@dataclass(frozen=True, slots=True)
class Team:
    """Who owns images and quotas; every user has at least one."""

    id: TeamId
    name: str
    plan: str
    default_public: bool


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as its team sees it; of the secret only a hash is kept, elsewhere."""

    id: KeyId
    team_id: TeamId
    user_id: UserId
    name: str
    abilities: frozenset[Ability]
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """What a presented key leads to. `secret_hash` is SHA-256, hex."""

    key: ApiKey
    secret_hash: str
    team: Team
    banned: bool


@dataclass(frozen=True, slots=True)
class User:
    """A person with an account."""

    id: UserId
    email: str | None
    is_admin: bool
    banned_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: a team by its key, or nobody known (`team` is None).

    `subject` is whom rate limits count: the address (IPv6: its /64) of an anonymous
    caller, the key's id else.
    """

    subject: str
    team: Team | None = None
    user_id: UserId | None = None
    key_id: KeyId | None = None
    abilities: frozenset[Ability] = frozenset()


@dataclass(frozen=True, slots=True)
class Usage:
    """A team's use: `uploads` in the month that ends at `resets_at`, the rest in all."""

    uploads: int
    resets_at: datetime
    media_stored: int
    storage_bytes: int


@dataclass(frozen=True, slots=True)
class Blob:
    """Stored bytes, addressed by content. `id` names the stored copy in the blob store."""

    id: BlobId
    sha256: str
    size: int
    stored: bool = True


@dataclass(frozen=True, slots=True)
class Media:
    """One hosted image. Two uploads of one picture are two media over one blob.

    `frames` of an animation; 1 where they were not counted yet. `closings`: how often the image
    went from public to private, which ends the links that were signed before.
    """

    id: MediaId
    team_id: TeamId | None
    user_id: UserId | None
    blob: Blob
    sidecar: Blob | None
    format: str
    width: int
    height: int
    animated: bool
    name: str | None
    caption: str | None
    metadata: Mapping[str, str]
    public: bool
    external_id: str | None
    album_id: str | None
    embed_profile_id: int | None
    created_at: datetime
    expires_at: datetime | None
    nsfw: bool = False
    listed: bool = False
    delete_token_hash: str | None = None
    frames: int = 1
    closings: int = 0

    def expired(self, now: datetime) -> bool:
        """True from the very second of `expires_at` on."""
        return self.expires_at is not None and now >= self.expires_at


@dataclass(frozen=True, slots=True)
class NewMedia:
    """A row about to be reserved: the image's facts, and the files whose bytes it will show.

    `album_title` is in place of `album_id`: the team's newest album of that title, or a new one.
    """

    id: MediaId
    team_id: TeamId | None
    user_id: UserId | None
    ingested: Ingested
    name: str | None
    caption: str | None
    metadata: Mapping[str, str]
    public: bool
    external_id: str | None
    album_id: str | None
    embed_profile_id: int | None
    created_at: datetime
    expires_at: datetime | None
    delete_token_hash: str | None
    tags: tuple[str, ...] = ()
    nsfw: bool = False
    listed: bool = False
    album_title: str | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stays of a removed image, so that its id is never used again."""

    id: MediaId
    gone_at: datetime
    reason: str
    was_public: bool


class Unset(Enum):
    """Marks a field that a patch leaves as it is, where None clears it."""

    UNSET = "unset"


UNSET = Unset.UNSET


@dataclass(frozen=True, slots=True)
class MediaPatch:
    """Changes to an image: UNSET leaves, None clears. `metadata` is merged, None removes.

    An image that is made private leaves the gallery, whatever `listed` says.
    """

    name: str | Unset = UNSET
    caption: str | Unset | None = UNSET
    tags: TagChange | Unset = UNSET
    public: bool | Unset = UNSET
    nsfw: bool | Unset = UNSET
    listed: bool | Unset = UNSET
    expires_at: datetime | Unset | None = UNSET
    album_id: str | Unset | None = UNSET
    embed_profile_id: int | Unset | None = UNSET
    metadata: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list, newest first: the row before the next page."""

    created_at: datetime
    id: MediaId


@dataclass(frozen=True, slots=True)
class MediaFilter:
    """Which of a team's images a list shows; `seen_by`: the public ones, and that user's own.

    `tags`: those that have any of them, or with `every_tag` all of them. `before`: those made
    before that time.
    """

    ids: tuple[MediaId, ...] | None = None
    album_id: str | None = None
    words: str | None = None
    seen_by: UserId | None = None
    tags: tuple[str, ...] = ()
    every_tag: bool = False
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class RateWindow:
    """One limit's state after a request: `reset_at` in Unix seconds, `seconds` its length."""

    limit: int
    remaining: int
    reset_at: int
    seconds: int


@dataclass(frozen=True, slots=True)
class RateVerdict:
    """Whether a request may pass, and each window's state, the shortest first."""

    allowed: bool
    retry_after: int
    windows: tuple[RateWindow, ...]


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep removed."""

    expired: int = 0
    abandoned: int = 0
    blobs: int = 0
    strays: int = 0


@dataclass(frozen=True, slots=True)
class Relocated:
    """How far a move of blobs is. `blobs` and `size` (bytes) is what there was when it began.

    `seen` counts those that were dealt with once, `lost` maps those that could not be moved to
    the reason.
    """

    blobs: int = 0
    size: int = 0
    seen: int = 0
    copied: int = 0
    copied_bytes: int = 0
    removed: int = 0
    lost: Mapping[BlobId, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """What a database says of itself.

    `revision` None: it is empty; `newest` is this version's. `unwritable`: why it takes no
    writes. The rest is PostgreSQL's: `connections` open now of `max_connections`, and `skew`,
    the seconds that its clock is ahead of ours.
    """

    server: str
    revision: str | None
    newest: str
    unwritable: str | None = None
    connections: int | None = None
    max_connections: int | None = None
    skew: float | None = None
