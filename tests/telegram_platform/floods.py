"""Limits of how fast a bot may send."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

from telegram_platform.refusals import too_many

CHATS_KEPT = 5_000


@dataclass
class Bucket:
    """So many at once, and then so many a second."""

    burst: float
    rate: float
    left: float = -1
    since: float = 0

    def lacks(self, count: int) -> float:
        """Seconds until there is room for so many; 0 if there is."""
        now = time.monotonic()
        self.left = (
            self.burst
            if self.left < 0
            else min(self.burst, self.left + self.rate * (now - self.since))
        )
        self.since = now
        wanted = min(count, self.burst)
        return max(0.0, (wanted - self.left) / self.rate)

    def take(self, count: int) -> None:
        self.left -= min(count, self.left)


@dataclass
class Floods:
    """`refused` counts the answers 429. Set `on = False` to measure something else."""

    overall: float = 30  # a second
    chat: float = 1  # a second, in one chat
    chat_burst: int = 20
    group: int = 20  # a minute, in one group
    on: bool = True
    refused: int = 0
    _all: Bucket | None = None
    _chats: dict[int, list[Bucket]] = field(default_factory=dict)

    def pass_(self, chat_id: int, *, group: bool, count: int = 1) -> None:
        """Refuse what is too fast. An album counts as many."""
        if not self.on:
            return
        if self._all is None:
            self._all = Bucket(self.overall, self.overall)
        if len(self._chats) > CHATS_KEPT:
            self._chats.clear()
        if chat_id not in self._chats:
            self._chats[chat_id] = [Bucket(self.chat_burst, self.chat)]
            if group:
                self._chats[chat_id].append(Bucket(self.group, self.group / 60))
        buckets = [self._all, *self._chats[chat_id]]
        wait = max(bucket.lacks(count) for bucket in buckets)
        if wait > 0:
            self.refused += 1
            raise too_many(math.ceil(wait))
        for bucket in buckets:
            bucket.take(count)

    def forget(self) -> None:
        """Start to count anew, by limits that were set."""
        self._all = None
        self._chats.clear()
