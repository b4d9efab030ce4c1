"""Messages with buttons: what they are about, so that they work after a restart, too."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from core.chats import Conversation, ConversationId
from core.errors import Forbidden, IdTaken, NotFound
from core.ids import BASE58

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from core.model import Caller
    from core.ports import Clock
    from core.ports_chats import Conversations as Store

LIFE = timedelta(days=7)
"""After the last press of a button."""

ID_LENGTH = 12
_OVER = "These buttons are over a week old. Run the command again for new ones."
_NOT_YOURS = "These buttons belong to somebody else. Run the command yourself to have your own."


class Conversations:
    """Keeps what buttons are about, each for the one person whom they answer."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def begin(self, caller: Caller, kind: str, state: Mapping[str, Any]) -> Conversation:
        """A new one of the caller's."""
        assert caller.user_id is not None
        now = self._clock.now()
        while True:
            drawn = "".join(secrets.choice(BASE58) for _ in range(ID_LENGTH))
            new = Conversation(ConversationId(drawn), caller.user_id, kind, state, now + LIFE)
            try:
                await self._store.add(new, now)
            except IdTaken:
                continue
            return new

    async def find(self, caller: Caller, kind: str, conversation_id: str) -> Conversation:
        """One of the caller's, of that kind.

        Raises:
            NotFound: it is over, or about something else: its button was not ours.
            Forbidden: it is somebody else's.
        """
        found = _own(
            caller, await self._store.find(ConversationId(conversation_id), self._clock.now())
        )
        if found.kind != kind:
            raise NotFound(_OVER)
        return found

    async def change(
        self,
        caller: Caller,
        kind: str,
        conversation_id: str,
        revise: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> Conversation:
        """Change one of the caller's, of that kind; of many presses at once none is lost.

        Raises:
            NotFound: it is over, or about something else.
            Forbidden: it is somebody else's.
        """
        found = await self.find(caller, kind, conversation_id)
        now = self._clock.now()
        return _own(caller, await self._store.change(found.id, now, now + LIFE, revise))


def _own(caller: Caller, found: Conversation | None) -> Conversation:
    if found is None:
        raise NotFound(_OVER)
    if found.user_id != caller.user_id:
        raise Forbidden(_NOT_YOURS)
    return found
