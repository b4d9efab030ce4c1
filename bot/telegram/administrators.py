"""Who administers a group, as Telegram says."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.telegram.reading import AWAY, is_group
from core.errors import Unavailable

if TYPE_CHECKING:
    import telegram

    from core.services.chats import Right

LIFE = 30.0
"""Seconds that an answer is believed: every tap in a group would ask else."""

KEPT = 5_000


class Administrators:
    """Asks Telegram where it matters, and remembers for a moment."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, tuple[float, frozenset[int]]] = OrderedDict()

    def right(self, chat: telegram.Chat, user: telegram.User) -> Right:
        """Whether somebody administers a group."""

        async def held() -> bool:
            return is_group(chat) and user.id in await self._of(chat)

        return held

    def hearing(self, chat: telegram.Chat) -> Right:
        """Whether the bot is told of all that is written in a group."""

        async def held() -> bool:
            bot = chat.get_bot()
            if not is_group(chat):
                return False
            try:
                me = await bot.get_me()  # what BotFather was told meanwhile counts
            except TelegramError as err:
                raise Unavailable(AWAY) from err
            return bool(me.can_read_all_group_messages) or me.id in await self._of(chat)

        return held

    async def _of(self, chat: telegram.Chat) -> frozenset[int]:
        """Who does.

        Raises:
            Unavailable: Telegram can't be asked.
        """
        known = self._known.get(chat.id)
        if known and known[0] > time.monotonic():
            return known[1]
        try:
            members = await chat.get_administrators()
        except (BadRequest, ChatMigrated, Forbidden):
            return frozenset()  # the bot is no longer there
        except TelegramError as err:
            raise Unavailable(AWAY) from err
        found = frozenset(each.user.id for each in members)
        self._known[chat.id] = time.monotonic() + LIFE, found
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return found
