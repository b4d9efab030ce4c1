"""Sessions with the gateway: what was sent to each, so that a resumed one misses nothing."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from discord_platform.connection import Connection

REPLAY = 5_000  # events kept for a resume; a session that missed more is invalid


@dataclass(eq=False)
class Session:
    """One shard of the bot, over as many connections as it takes."""

    id: str
    shard: tuple[int, int]
    intents: int
    connection: Connection | None = None
    sequence: int = 0
    sent: deque = field(default_factory=lambda: deque(maxlen=REPLAY))
    resumes: int = 0

    def dispatch(self, event: str, data: dict) -> None:
        self.sequence += 1
        text = json.dumps({"op": 0, "t": event, "s": self.sequence, "d": data})
        self.sent.append((self.sequence, text))
        if self.connection is not None:
            self.connection.send(text)

    def can_resume_from(self, sequence: int) -> bool:
        oldest = self.sent[0][0] if self.sent else self.sequence + 1
        return oldest - 1 <= sequence <= self.sequence

    def replay(self, connection: Connection, sequence: int) -> None:
        """Give a new connection what it missed, then say that this was all."""
        self.connection = connection
        self.resumes += 1
        for number, text in self.sent:
            if number > sequence:
                connection.send(text)
        self.dispatch("RESUMED", {"_trace": []})

    def receives(self, key: int) -> bool:
        """Whether what belongs to that shard key is sent here."""
        number, count = self.shard
        return key % count == number
