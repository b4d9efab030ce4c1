"""What the services of embed profiles and albums need of the database; see `core.ports`.

Every method is one whole step, and raises Unavailable when the database is out of reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from core.albums import Album, AlbumId
    from core.embeds import Candidates, EmbedProfile, Look, ProfileId, Surroundings
    from core.model import Media, MediaId, Position, TeamId, UserId


class Profiles(Protocol):
    """Embed profiles; each is a user's, and their teams may use it."""

    async def add(
        self,
        user_id: UserId,
        team_id: TeamId,
        name: str,
        look: Look,
        now: datetime,
        *,
        default: bool,
        most: int,
    ) -> EmbedProfile:
        """Record a new profile; `default` makes it the team's.

        Raises:
            TooManyProfiles: the user has `most` profiles already; of many at once just as many fit.
        """

    async def list_of(self, user_id: UserId, team_id: TeamId) -> list[EmbedProfile]:
        """A user's profiles, oldest first."""

    async def find(
        self, user_id: UserId, team_id: TeamId, profile_id: ProfileId
    ) -> EmbedProfile | None:
        """One of the user's profiles."""

    async def change(
        self,
        user_id: UserId,
        team_id: TeamId,
        profile_id: ProfileId,
        revise: Callable[[EmbedProfile], EmbedProfile],
    ) -> EmbedProfile | None:
        """Change one of the user's profiles; `revise` gets it as it is and nobody else changes it.

        Of its result `name`, `look` and `default` are kept. None: there is no such profile.
        """

    async def remove(self, user_id: UserId, profile_id: ProfileId) -> bool:
        """Drop one of the user's profiles, and from all that shows it; False if there is none."""

    async def surroundings(self, media_id: MediaId) -> Surroundings:
        """What previews of an image depend on beside it; nothing where there is no such image."""

    async def candidates_of_album(self, album_id: AlbumId) -> Candidates:
        """The looks that were chosen for an album, its chat and its team."""


class Gallery(Protocol):
    """Images of all teams that are shown to whoever comes by."""

    async def page(self, offset: int, limit: int, now: datetime) -> tuple[list[Media], int]:
        """Some of those that are public, listed and not nsfw, newest first; how many there are."""


class Albums(Protocol):
    """Albums, and the images in them."""

    async def add(self, album: Album) -> None:
        """Record a new album.

        Raises:
            IdTaken: the id is somebody's.
            InvalidInput: its embed profile is none that the team may use.
        """

    async def find(self, album_id: AlbumId, now: datetime) -> Album | None:
        """The album of that id, whoever's."""

    async def list_page(
        self,
        team_id: TeamId,
        after: Position | None,
        limit: int,
        now: datetime,
        words: str | None = None,
    ) -> list[Album]:
        """A team's albums, newest first, from after that position; with `words` in their title."""

    async def change(
        self,
        team_id: TeamId,
        album_id: AlbumId,
        now: datetime,
        revise: Callable[[Album], Album],
    ) -> Album | None:
        """Change one of the team's albums; `revise` gets it as it is and nobody else changes it.

        None: the team has no such album.

        Raises:
            InvalidInput: its embed profile is none that the team may use.
        """

    async def remove(self, team_id: TeamId, album_id: AlbumId) -> bool:
        """Drop one of the team's albums; its images stay. False: there is none."""

    async def media_page(
        self,
        album_id: AlbumId,
        after: Position | None,
        limit: int,
        now: datetime,
        *,
        public_only: bool,
    ) -> list[Media]:
        """The living images of an album, newest first, from after that position."""

    async def take_out(
        self, team_id: TeamId, album_id: AlbumId, media_id: MediaId, now: datetime
    ) -> bool:
        """Take one of the team's images out of that album; False if it is not in it."""
