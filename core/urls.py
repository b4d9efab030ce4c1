"""The only place that builds a public URL."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from itsdangerous import BadData, URLSafeTimedSerializer

from core.imaging.formats import BY_NAME
from core.model import TeamId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.albums import Album
    from core.model import Media

UPGRADE_LIFE = 7 * 24 * 3_600
"""Seconds that an upgrade link works."""

_NEARBY = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".test")
"""Endings of names that mean nothing elsewhere (RFC 6761, 6762, 8375)."""


@dataclass(frozen=True, slots=True)
class Urls:
    """Addresses as clients see them. Bases have no slash at their end."""

    public: str
    media: str
    api: str
    signer: URLSafeTimedSerializer

    @property
    def reachable(self) -> bool:
        """Whether others than this machine and its neighbours can follow links, by their look."""
        return is_reachable(self.public)

    @classmethod
    def build(cls, public: str, media: str, api: str, secrets: Sequence[str]) -> Urls:
        """`secrets` newest first: the newest signs, all are believed."""
        signer = URLSafeTimedSerializer(list(reversed(secrets)), salt="upgrade")
        return cls(public, media, api, signer)

    def link(self, media: Media) -> str:
        """The canonical viewer link."""
        return f"{self.public}/{media.id}"

    def src(self, media: Media, output: str | None = None) -> str:
        """The bytes; `output` names the format of a rendition."""
        return f"{self.media}/{media.id}.{BY_NAME[output or media.format].extension}"

    def page(self, media: Media, query: str = "") -> str:
        """The viewer page of a link with a query."""
        return f"{self.link(media)}?{query}" if query else self.link(media)

    def picture(self, media: Media, output: str, query: str = "") -> str:
        """The bytes of a link with a query."""
        return f"{self.src(media, output)}?{query}" if query else self.src(media, output)

    def oembed(self, page: str, form: str = "json") -> str:
        """Where a page says what it shows, to sites that embed it."""
        return f"{self.public}/oembed?{urlencode({'url': page, 'format': form})}"

    def album(self, album: Album) -> str:
        """An album's page."""
        return f"{self.public}/a/{album.id}"

    def home(self) -> str:
        """Where pictures are dropped."""
        return f"{self.public}/"

    def register(self) -> str:
        """Where an account is got."""
        return f"{self.public}/auth/register?from_cta=api"

    def login(self) -> str:
        """Where people sign in."""
        return f"{self.public}/auth/login"

    def sign_in(self, token: str) -> str:
        """A link in a chat, that signs in."""
        return f"{self.public}/auth/chat?token={token}"

    def verify(self, token: str) -> str:
        """A link in a mail, that makes an account."""
        return f"{self.public}/auth/verify?token={token}"

    def confirm(self, token: str) -> str:
        """A link in a mail, by which somebody shows that an address is theirs."""
        return f"{self.public}/auth/confirm?token={token}"

    def reset(self, token: str | None = None) -> str:
        """Where a password is replaced; with a token a link in a mail, that does it."""
        query = "" if token is None else f"?token={token}"
        return f"{self.public}/auth/reset{query}"

    def upgrade(self, team_id: TeamId) -> str:
        """The plans page, opened for that team without sign-in, for a week."""
        return f"{self.public}/pricing?team={self.signer.dumps(team_id)}"

    def team_of_upgrade(self, token: str) -> TeamId | None:
        """Whom an upgrade link is for; None if it is forged or too old."""
        try:
            return TeamId(int(self.signer.loads(token, max_age=UPGRADE_LIFE)))
        except (BadData, ValueError, TypeError):
            return None


def is_reachable(base: str) -> bool:
    """Whether others than this machine and its neighbours reach an address, by its look.

    >>> is_reachable("https://pix.example.org"), is_reachable("http://192.168.0.7:8080")
    (True, False)
    """
    host = urlsplit(base).hostname or ""
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_NEARBY)
