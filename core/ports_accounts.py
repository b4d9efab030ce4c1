"""What accounts need of the world. Every method raises Unavailable where that is out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from core.accounts import Login, Mail, Report, SignedIn
    from core.model import MediaId, UserId


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
