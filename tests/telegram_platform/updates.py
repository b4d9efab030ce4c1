"""What the bot is told of: kept until it says that it knows, by polling or by a webhook."""

from __future__ import annotations

import random
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from signals import Signal
from telegram_platform.refusals import bad, conflict

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram_platform.webhook import Webhook

LIMIT_MAX, WAIT_MAX = 100, 50
UNASKED = {"chat_member", "message_reaction", "message_reaction_count"}  # only by their names
OTHERS = "terminated by other getUpdates request; make sure that only one bot instance is running"
HOOKED = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


@dataclass(eq=False)
class Update:
    id: int
    kind: str
    data: dict
    place: int = 0  # the chat or user: a webhook is told of one after the other there
    copy: int = 0  # told once more than needed
    given: bool = False
    failures: int = 0
    not_before: float = 0

    def body(self) -> dict:
        return {"update_id": self.id, self.kind: self.data}


class Updates:
    def __init__(self) -> None:
        self.pending: deque[Update] = deque()
        self.changed = Signal()
        self.allowed: set[str] | None = None
        self.webhook: Webhook | None = None
        self.polled = 0  # times that somebody asked
        self._next = random.randrange(10**8, 10**9)
        self._turn = 0

    def put(self, kind: str, data: dict, place: int, *, repeat: int = 1) -> Update | None:
        """A new update; `repeat` says how many times it is delivered."""
        if self.allowed is None and kind in UNASKED:
            return None
        if self.allowed is not None and kind not in self.allowed:
            return None
        self._next += 1
        update = Update(self._next, kind, data, place)
        self.pending.append(update)
        for number in range(1, repeat):
            self.pending.append(Update(update.id, kind, data, place, number))
        self._told()
        return update

    def again(self, update: Update) -> None:
        """Deliver an update that the bot has had already, as if it had never said so."""
        copy = Update(update.id, update.kind, update.data, update.place, update.copy + 1)
        self.pending.appendleft(copy)
        self._told()

    def allow(self, kinds: list | None) -> None:
        """What the bot wants to be told of, from now on; nothing given: as before."""
        if kinds is not None:
            if not all(isinstance(one, str) for one in kinds):
                raise bad("can't parse allowed_updates")
            self.allowed = set(kinds) or None

    async def poll(
        self, offset: int, limit: int, wait: int, still_there: Callable[[], bool]
    ) -> list[dict]:
        """A long poll. Another one ends it."""
        if self.webhook is not None:
            raise conflict(HOOKED)
        self._turn += 1
        turn = self._turn
        self.polled += 1
        self.changed.fire()
        self._forget(offset)
        ends = time.monotonic() + min(wait, WAIT_MAX)
        await self.changed.until(
            lambda: self.pending or self._turn != turn or self.webhook is not None,
            max(0.0, ends - time.monotonic()),
        )
        if self.webhook is not None:
            raise conflict("terminated by setWebhook request", blame=False)
        if self._turn != turn:
            raise conflict(OTHERS, blame=still_there())
        size = limit if 1 <= limit <= LIMIT_MAX else LIMIT_MAX
        given = [self.pending[index] for index in range(min(size, len(self.pending)))]
        for one in given:
            one.given = True
        return [one.body() for one in given]

    def _forget(self, offset: int) -> None:
        """Updates before `offset` are known to the bot; a negative one counts from the end."""
        if offset < 0:
            while len(self.pending) > -offset:
                self.pending.popleft()
        if self.pending and self.pending[0].id < offset:
            self.pending = deque(
                one for one in self.pending if one.id >= offset or (one.copy and not one.given)
            )

    def clear(self) -> None:
        self.pending.clear()

    def _told(self) -> None:
        self.changed.fire()
        if self.webhook is not None:
            self.webhook.pump()
