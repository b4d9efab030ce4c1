"""Frozen values of accounts that cross borders: who signs in, reports, mails."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from core.model import MediaId, Team, User


@dataclass(frozen=True, slots=True)
class Login:
    """What signing in is judged by. `password_hash` None: nobody has set a password yet."""

    user: User
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person in a browser, with the team of their own."""

    user: User
    team: Team


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says is wrong with an image; `closed_at` None: nobody has dealt with it."""

    id: int
    media_id: MediaId
    reason: str
    comment: str | None
    created_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail of plain text to one address."""

    to: str
    subject: str
    text: str = field(repr=False)
