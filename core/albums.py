"""Albums: images of a team that are shown together at `/a/{id}`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NewType

from core.fields import check_text

if TYPE_CHECKING:
    from datetime import datetime

    from core.model import TeamId

AlbumId = NewType("AlbumId", str)

TITLE_MAX = 200
DESCRIPTION_MAX = 2_000
PASSWORD_MAX = 200


@dataclass(frozen=True, slots=True)
class Album:
    """One album. Private: its team's alone; with a password: open to whoever knows that.

    `media_count` counts the living images, `public_count` those of them that anybody may see.
    """

    id: AlbumId
    team_id: TeamId
    title: str
    description: str | None
    public: bool
    password_hash: str | None
    embed_profile_id: int | None
    created_at: datetime
    media_count: int = 0
    public_count: int = 0


def check_title(title: str) -> str:
    """A title that an album can have; ValueError with a sentence if it can't."""
    if not title.strip():
        raise ValueError("An album needs a title.")
    return check_text(title, TITLE_MAX)
