"""The only place that builds a public URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from itsdangerous import BadData, URLSafeTimedSerializer

from core.imaging.formats import BY_NAME
from core.model import TeamId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.model import Media

UPGRADE_LIFE = 7 * 24 * 3_600
"""Seconds that an upgrade link works."""


@dataclass(frozen=True, slots=True)
class Urls:
    """Addresses as clients see them. Bases have no slash at their end."""

    public: str
    media: str
    api: str
    signer: URLSafeTimedSerializer

    @classmethod
    def build(cls, public: str, media: str, api: str, secrets: Sequence[str]) -> Urls:
        """`secrets` newest first: the newest signs, all are believed."""
        signer = URLSafeTimedSerializer(list(reversed(secrets)), salt="upgrade")
        return cls(public, media, api, signer)

    def link(self, media: Media) -> str:
        """The canonical viewer link."""
        return f"{self.public}/{media.id}"

    def src(self, media: Media) -> str:
        """The bytes."""
        return f"{self.media}/{media.id}.{BY_NAME[media.format].extension}"

    def register(self) -> str:
        """Where an account is got."""
        return f"{self.public}/auth/register?from_cta=api"

    def upgrade(self, team_id: TeamId) -> str:
        """The plans page, opened for that team without sign-in, for a week."""
        return f"{self.public}/pricing?team={self.signer.dumps(team_id)}"

    def team_of_upgrade(self, token: str) -> TeamId | None:
        """Whom an upgrade link is for; None if it is forged or too old."""
        try:
            return TeamId(int(self.signer.loads(token, max_age=UPGRADE_LIFE)))
        except (BadData, ValueError, TypeError):
            return None
