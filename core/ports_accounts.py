"""What accounts need of the world. Every method raises Unavailable where that is out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from core.accounts import Login, Mail, Report, SignedIn
    from core.model import (
        Ability,
        ApiKey,
        KeyHolder,
        KeyId,
        MediaId,
        Team,
        TeamId,
        Usage,
        User,
        UserId,
    )


class Directory(Protocol):
    """Users, teams and keys."""

    async def find_key(self, key_id: KeyId | None, secret_hash: str) -> KeyHolder | None:
        """Whom a key leads to: by its id, or by its secret's hash where no id was given."""

    async def touch_key(self, key_id: KeyId, now: datetime) -> None:
        """Note that the key was used."""

    async def enrol(self, email: str | None, plan: str | None, now: datetime) -> tuple[User, Team]:
        """The user of that address and their own team, made where there is none.

        `plan` None leaves an existing team's plan, and gives a new one `free`.
        """

    async def register(
        self, email: str, password_hash: str, plan: str, now: datetime
    ) -> tuple[User, Team] | None:
        """A new user, who has not shown yet that the address is theirs; None: it has a user."""

    async def confirm(self, user_id: UserId, plans: Mapping[str, str], now: datetime) -> None:
        """Note that the user's address is theirs.

        Where their own team's plan stands in `plans`, the other one takes its place.
        """

    async def first_admin(self, now: datetime) -> tuple[User, Team] | None:
        """Make the administrator of a database that has none; None where one exists."""

    async def add_key(
        self,
        team_id: TeamId,
        user_id: UserId,
        name: str,
        abilities: frozenset[Ability],
        secret_hash: str,
        now: datetime,
    ) -> ApiKey:
        """Record a new key."""

    async def list_keys(self, team_id: TeamId | None) -> list[ApiKey]:
        """A team's keys (None: everybody's), oldest first."""

    async def revoke_key(self, key_id: KeyId, team_id: TeamId | None) -> bool:
        """Forget a key of the team (None: anybody's); False where there is none."""

    async def find_team(self, team_id: TeamId) -> Team | None:
        """The team of that id."""

    async def list_users(self, now: datetime) -> list[tuple[User, Team, Usage]]:
        """Everybody, oldest first, with their own team and its use."""

    async def set_ban(self, email_or_id: str, reason: str | None, now: datetime) -> User | None:
        """Ban (with a reason), or with None unban; None where there is no such user."""

    async def set_default_public(self, email_or_id: str, *, public: bool) -> Team | None:
        """Whether images of a user's own team are public unless it is said; None as above."""

    async def media_of(
        self, user_id: UserId, limit: int, now: datetime
    ) -> list[tuple[MediaId, TeamId]]:
        """Some of a user's living images, with their teams."""

    async def stats(self) -> dict[str, int]:
        """Counts for operators: users, teams, media, blobs, bytes."""


class Credentials(Protocol):
    """Passwords and sessions. A session is known by the hash of its secret."""

    async def find_login(self, email: str) -> Login | None:
        """The user of that address."""

    async def set_password(
        self, user_id: UserId, password_hash: str, was: str | None, now: datetime
    ) -> bool:
        """Replace the hash `was` (None: there was none), unless another has replaced it before.

        Every session of the user ends; whoever did this has shown that the address is theirs.
        Whoever had a password without having shown that may have been anybody: keys that they
        made end, too.
        """

    async def renew_hash(self, user_id: UserId, password_hash: str, was: str) -> None:
        """Keep the same password under another hash; sessions stay."""

    async def open_session(
        self,
        session: str,
        user_id: UserId,
        password_hash: str | None,
        now: datetime,
        expires_at: datetime,
    ) -> bool:
        """Record a session, and forget those that are over.

        False: `password_hash`, by which the user came in, is not theirs any more. None: they
        came in without a password.
        """

    async def find_session(self, session: str, now: datetime) -> SignedIn | None:
        """Whose session it is, while it lasts."""

    async def end_session(self, session: str) -> None:
        """Forget a session; one that is not there is fine."""

    async def end_sessions(self, user_id: UserId) -> None:
        """Forget all of a user's sessions."""


class ReportBook(Protocol):
    """Reports of images."""

    async def add(
        self, media_id: MediaId, reason: str, comment: str | None, reporter: str, now: datetime
    ) -> int | None:
        """Record a report; gives its id, or None where the same reporter's is open already."""

    async def list(self, *, closed: bool, limit: int) -> list[Report]:
        """The newest reports, oldest of them first; with `closed` also those dealt with."""

    async def close(self, report_id: int, now: datetime) -> bool:
        """Note that a report was dealt with; False where none of that id is open."""


class Mailer(Protocol):
    """Sends mails."""

    async def send(self, mail: Mail) -> None:
        """Hand a mail over.

        Raises:
            Unavailable: it was not taken; `reason` is for the operator.
        """

    async def check(self) -> None:
        """Raise Unavailable unless mails are taken right now; none is sent."""
