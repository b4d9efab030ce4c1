"""What is hosted in chats: whose it is, what holds there, and who may touch it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import Forbidden, NotFound, Unavailable
from core.services.access import owns
from core.services.people import PLAN

if TYPE_CHECKING:
    from core.chats import Chat, ChatRef, ChatSettings
    from core.model import Caller, Media, MediaId, UserId
    from core.ports import Clock
    from core.ports_accounts import Directory
    from core.ports_chats import Chats as Store
    from core.services.visibility import Visibility

Right = Callable[[], Awaitable[bool]]
"""Whether somebody has a right; asked where that matters alone, as a platform may be asked for it.

Raises Unavailable where the platform can't tell.
"""

_NOT_HERE = "Uploads are not allowed in this channel. Ask an administrator where they are."
_NOT_YOURS = "This image is somebody else's. Ask them, or a moderator of this chat."


async def never() -> bool:
    """Nobody has that right there."""
    return False


def known(held: bool) -> Right:
    """A right that is known to be held, or not to be."""

    async def right() -> bool:
        return held

    return right


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody talks.

    Args:
        ref: the server, group or private chat.
        channel: within a server, if there are several.
        above: the channel that this one is a thread of.
        moderates: whether they may remove what others upload there.

    """

    ref: ChatRef
    channel: str | None = None
    above: str | None = None
    moderates: Right = never


@dataclass(frozen=True, slots=True)
class Library:
    """The images that somebody looks through; `seen_by` as `MediaFilter` has it.

    With a shared team they are everybody's who is there: what others keep private is not shown.
    """

    caller: Caller
    seen_by: UserId | None = None


class Chats:
    """Keeps chats' settings, and holds people to them."""

    def __init__(
        self, store: Store, directory: Directory, visibility: Visibility, clock: Clock
    ) -> None:
        self._store = store
        self._directory = directory
        self._visibility = visibility
        self._clock = clock

    async def find(self, ref: ChatRef) -> Chat | None:
        """A chat with settings, or where something was posted."""
        return await self._store.find(ref)

    async def uploader(self, caller: Caller, place: Place) -> tuple[Caller, ChatSettings | None]:
        """Who hosts what this person uploads there, and what holds where they do not say.

        With a shared team it is the chat's, else the person's own.

        Raises:
            Forbidden: uploads are not allowed in that channel.
        """
        chat = await self._store.find(place.ref)
        if chat is None:
            return caller, None
        allowed = chat.settings.channels
        here = {place.channel, place.above} - {None}
        if allowed and not here & {*allowed, chat.settings.automatic}:
            raise Forbidden(_NOT_HERE)
        return _within(caller, chat), chat.settings

    async def librarian(self, caller: Caller, place: Place) -> Library:
        """Whose images this person looks through there, and which of them."""
        chat = await self._store.find(place.ref)
        if chat is None or chat.team is None:
            return Library(caller)
        return Library(_within(caller, chat), None if await place.moderates() else caller.user_id)

    async def onlooker(self, caller: Caller, place: Place, media_id: str) -> Caller:
        """By whose right somebody looks at an image there: their own, or its team's.

        What they have hosted is theirs in whatever team it is; whoever moderates a chat has the
        right to what was hosted there.

        Raises:
            NotFound: there is no such image.
            Gone: there was.
        """
        media = await self._visibility.living(media_id)
        if owns(caller, media) or media.team_id is None:
            return caller
        theirs = media.user_id is not None and media.user_id == caller.user_id
        if theirs or (
            await self._store.was_posted(place.ref, media.id) and await place.moderates()
        ):
            team = await self._directory.find_team(media.team_id)
            return replace(caller, team=team) if team else caller
        return caller

    async def toucher(self, caller: Caller, place: Place, media_id: str) -> tuple[Caller, Media]:
        """An image, and by whose right this person may change or delete it; see `onlooker`.

        Raises:
            NotFound: there is no such image for their eyes.
            Gone: there was.
            Forbidden: they see it, and may not touch it.
        """
        right = await self.onlooker(caller, place, media_id)
        media = await self._visibility.find(media_id, right)
        if not owns(right, media):
            raise Forbidden(_NOT_YOURS)
        return right, media

    async def note(self, caller: Caller, place: Place, media: Media) -> None:
        """Remember that the caller hosted this image there.

        The image has its link by now: a database that is away for a moment must not make somebody
        host it again.
        """
        if caller.user_id is not None:
            with suppress(Unavailable):
                await self._store.note_post(place.ref, media.id, caller.user_id, self._clock.now())

    async def last(self, caller: Caller, ref: ChatRef) -> MediaId:
        """The image that the caller hosted there last.

        Raises:
            NotFound: none.
        """
        found = caller.user_id and await self._store.last_post(ref, caller.user_id)
        if not found:
            raise NotFound("You have hosted no image in this chat yet.")
        return found

    async def move(self, old: ChatRef, new: ChatRef) -> None:
        """A chat has become another one: its settings, team and posts are that one's."""
        await self._store.move(old, new)

    async def change(self, ref: ChatRef, revise: Callable[[Chat], Chat]) -> Chat:
        """Change what a chat has agreed on: its `settings` and `embed_profile_id`.

        Raises:
            InvalidInput: there is no such embed profile.
        """
        return await self._store.change(ref, self._clock.now(), revise)

    async def share(self, caller: Caller, ref: ChatRef, name: str) -> Chat:
        """Give a chat a team of its own; what is uploaded there from then on is the team's."""
        assert caller.user_id is not None
        return await self._store.share(ref, caller.user_id, name, PLAN, self._clock.now())

    async def unshare(self, ref: ChatRef) -> Chat:
        """Take the team from a chat; what it has stays its own, until the chat shares again."""
        return await self._store.unshare(ref, self._clock.now())


def _within(caller: Caller, chat: Chat) -> Caller:
    return replace(caller, team=chat.team) if chat.team else caller
