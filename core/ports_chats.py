"""What the services of chats need of the database; see `core.ports`.

Every method is one whole step, and raises Unavailable when the database is out of reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from core.chats import (
        Chat,
        ChatRef,
        Conversation,
        ConversationId,
        Identity,
        Joined,
        Lease,
        Person,
        Taken,
        Told,
    )
    from core.model import MediaId, UserId

Purpose = Literal["sign-in", "link"]


class Identities(Protocol):
    """Whose the platforms' users are."""

    async def enrol(self, identity: Identity, plan: str, now: datetime) -> Person:
        """Whose this identity is; a new user's, with a team on that plan, if nobody's yet.

        The user's name follows the one that the platform tells. Many at once make one user.
        """

    async def find(self, identity: Identity) -> Person | None:
        """Whose this identity is, if it is anybody's."""

    async def identities_of(self, user_id: UserId) -> list[Identity]:
        """A user's identities, oldest first, without names."""

    async def hint(self, identity: Identity) -> bool:
        """Note that somebody is told of photos. True: not before; so it is for one of many."""

    async def join(self, one: UserId, other: UserId, now: datetime) -> Joined | None:
        """Make one user of two: the older one, with all that the younger had.

        External ids that both teams have stay the older's. None: one of them is no more.

        Raises:
            Banned: one of them is.
            Forbidden: one of them is an operator.
        """


class Tickets(Protocol):
    """What is good once, and for a while."""

    async def add(
        self,
        purpose: Purpose,
        secret_hash: str,
        user_id: UserId,
        now: datetime,
        expires_at: datetime,
    ) -> None:
        """Record a ticket; those that are over their time go."""

    async def find(self, purpose: Purpose, secret_hash: str, now: datetime) -> UserId | None:
        """Whose ticket it is, while it is good; it stays so."""

    async def redeem(self, purpose: Purpose, secret_hash: str, now: datetime) -> UserId | None:
        """Whose ticket it was; of many at once one succeeds."""


class Chats(Protocol):
    """Chats, what they have agreed on, and what was posted there."""

    async def find(self, ref: ChatRef) -> Chat | None:
        """A chat that we know something of."""

    async def change(
        self,
        ref: ChatRef,
        now: datetime,
        revise: Callable[[Chat], Chat],
    ) -> Chat:
        """Change a chat, which is recorded if it was not; nobody else changes it meanwhile.

        Of the result `embed_profile_id` and `settings` are kept.

        Raises:
            InvalidInput: its embed profile is no more.
        """

    async def share(
        self, ref: ChatRef, user_id: UserId, name: str, plan: str, now: datetime
    ) -> Chat:
        """Give the chat a team of its own, the one that it had if any; that user administers it."""

    async def unshare(self, ref: ChatRef, now: datetime) -> Chat:
        """Take the chat's team from it: what is uploaded from then on is its uploader's."""

    async def move(self, old: ChatRef, new: ChatRef) -> None:
        """Give all that is known of a chat to another, which it has become; twice is once.

        What the other has agreed on already stays so.
        """

    async def note_post(
        self, ref: ChatRef, media_id: MediaId, user_id: UserId, now: datetime
    ) -> None:
        """Remember that an image was hosted there, by whom; one that is gone is not."""

    async def last_post(self, ref: ChatRef, user_id: UserId) -> MediaId | None:
        """The image that a user hosted there last, of those that are not gone."""

    async def was_posted(self, ref: ChatRef, media_id: MediaId) -> bool:
        """Whether an image was hosted there."""


class Conversations(Protocol):
    """Messages with buttons, and what they are about."""

    async def add(self, new: Conversation, now: datetime) -> None:
        """Record one; those that are over their time go.

        Raises:
            IdTaken: the id is somebody's.
        """

    async def find(self, conversation_id: ConversationId, now: datetime) -> Conversation | None:
        """One that is not over."""

    async def change(
        self,
        conversation_id: ConversationId,
        now: datetime,
        expires_at: datetime,
        revise: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> Conversation | None:
        """Change the state of one that is not over; nobody else changes it meanwhile."""


class Inbox(Protocol):
    """What platforms told, until it is answered. Of many processes one has each thing at a time."""

    async def put(
        self, told: Sequence[Told], lease: Lease, quiet: timedelta, cap: timedelta
    ) -> list[str]:
        """Record what is not known yet; gives the ids of that.

        What has no bundle is the lease's. A bundle is nobody's, and due once no piece has come for
        `quiet`, or `cap` after its first. A piece that comes after that, or after its bundle was
        taken, begins another.
        """

    async def take(
        self, prefix: str, limit: int, held: Collection[str], lease: Lease, most: int
    ) -> Taken:
        """Make at most `limit` things the lease's that are due: bundles, each whole, first.

        Of what begins with that prefix, and is not `held`: what the taker knows to be its own. What
        was taken `most` times is done with instead.
        """

    async def next_due(self, prefix: str, held: Collection[str]) -> datetime | None:
        """When there is something to take, as things are now."""

    async def done(self, ids: Collection[str]) -> None:
        """Drop what these say, whoever has them; their ids stay known."""

    async def release(
        self, ids: Collection[str], owner: str, now: datetime, *, tried: bool
    ) -> None:
        """Let anybody have these that are the owner's; who has not `tried` did not take them."""

    async def renew(self, ids: Collection[str], lease: Lease) -> None:
        """Extend the lease of these, as far as they are the owner's."""
