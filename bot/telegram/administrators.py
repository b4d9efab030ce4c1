"""Who administers a group, as Telegram says."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from telegram.error import TelegramError

from bot.telegram.reading import is_group

if TYPE_CHECKING:
    import telegram

LIFE = 30.0
"""Seconds that an answer is believed: every tap in a group would ask else."""

KEPT = 5_000


class Administrators:
    """Asks Telegram, and remembers for a moment."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, tuple[float, frozenset[int]]] = OrderedDict()

    async def has(self, message: telegram.Message, user: telegram.User) -> bool:
        """Whether somebody administers the chat of a message; not where that can't be told."""
        chat = message.chat
        if not is_group(chat):
            return False
        known = self._known.get(chat.id)
        if known is None or known[0] < time.monotonic():
            try:
                members = await chat.get_administrators()
            except TelegramError:
                return False
            known = time.monotonic() + LIFE, frozenset(each.user.id for each in members)
            self._known[chat.id] = known
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return user.id in known[1]
