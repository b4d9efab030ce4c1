"""Frozen values of chats that cross borders: who talks, where, and what was agreed on there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NewType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from core.model import Team, User, UserId

ChatId = NewType("ChatId", int)
ConversationId = NewType("ConversationId", str)


class Platform(StrEnum):
    """Where people chat."""

    DISCORD = "discord"
    TELEGRAM = "telegram"


@dataclass(frozen=True, slots=True)
class Identity:
    """A platform's user: the id that it gives them, and the name that they show there."""

    platform: Platform
    id: str
    name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Person:
    """Whose an identity is: a user of ours, with a team of their own."""

    user: User
    team: Team


@dataclass(frozen=True, slots=True)
class ChatRef:
    """A Discord server or private channel, or a Telegram chat, as its platform names it."""

    platform: Platform
    id: str


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """What a chat's administrators have agreed on; None is: as everywhere else.

    `ttl` and `public` hold for uploads that do not say. `channels` (none: all) are those where
    uploads are allowed, `automatic` the one whose every image is hosted.
    """

    ttl: timedelta | None = None
    public: bool | None = None
    channels: tuple[str, ...] = ()
    automatic: str | None = None

    def moved(self, old: str, new: str) -> ChatSettings:
        """The same, of a chat that has got another id, which may be that of its one channel."""
        channels = tuple(new if each == old else each for each in self.channels)
        automatic = new if self.automatic == old else self.automatic
        return replace(self, channels=channels, automatic=automatic)

    def written(self) -> dict[str, Any]:
        """As JSON has it, seconds for a length of time; what is not set is left out."""
        found = {
            "ttl": self.ttl and int(self.ttl.total_seconds()),
            "public": self.public,
            "channels": list(self.channels) or None,
            "automatic": self.automatic,
        }
        return {name: value for name, value in found.items() if value is not None}

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> ChatSettings:
        """What `written` gave."""
        seconds = written.get("ttl")
        return cls(
            ttl=None if seconds is None else timedelta(seconds=seconds),
            public=written.get("public"),
            channels=tuple(written.get("channels", ())),
            automatic=written.get("automatic"),
        )


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat. `team` None: what is uploaded there is its uploader's."""

    id: ChatId
    ref: ChatRef
    team: Team | None = None
    embed_profile_id: int | None = None
    settings: ChatSettings = ChatSettings()


@dataclass(frozen=True, slots=True)
class Conversation:
    """What a message with buttons is about, kept so that they work after a restart, too.

    `state` is JSON; `kind` says whose.
    """

    id: ConversationId
    user_id: UserId
    kind: str
    state: Mapping[str, Any]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Joined:
    """Two users who became one: whose account stays, and how many images came along."""

    person: Person
    images: int


@dataclass(frozen=True, slots=True)
class Told:
    """What a platform told a bot, kept until it is answered.

    `id` is the platform's own, behind the bot's (`telegram:{bot}:{update}`): what is told again has
    the same. `payload` is JSON. What has one `bundle` is one thing told in pieces, of which nobody
    says how many they are.
    """

    id: str
    payload: Mapping[str, Any]
    bundle: str | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """Whose something is from one moment until another, unless the lease is renewed."""

    owner: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken, bundle by bundle, and the ids of what is given up."""

    told: list[list[Told]]
    given_up: list[str]
