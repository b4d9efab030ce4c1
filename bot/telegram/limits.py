"""How fast the bot may write, as Telegram has it, over all its processes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from telegram.ext import AIORateLimiter

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from core.bootstrap import Core
    from core.ports import RateLimiter

RETRIES = 5

OVERALL = "28/second"
"""Telegram has 30; what two processes send within a second may come in within less."""

CHAT = "20/20second"
"""One a second, of which Telegram takes some at once."""

GROUP = "20/minute"

LOOK_SECONDS = 0.05
"""How soon it is tried again, where all together were too fast."""

WRITES = ("send", "edit", "copy", "forward")
"""How the names of methods begin that people see something of."""


class SharedRateLimiter(AIORateLimiter):
    """Waits before what would be too fast, and again as long as Telegram says.

    The library counts what one process sends. Here it is counted by the core, with Redis over all
    processes; and in each chat one after the other, so that a busy group delays nobody else.
    """

    def __init__(self, limiter: RateLimiter, bot: str) -> None:
        """Take as `bot` what names it among all that is counted."""
        super().__init__(max_retries=RETRIES)
        self._limiter = limiter
        self._bot = bot
        self._all = asyncio.Lock()
        self._chats: dict[int, _Chat] = {}

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Ask something of Telegram, in its turn if people see something of it."""
        chat = data.get("chat_id")
        if isinstance(chat, int) and endpoint.startswith(WRITES):
            media = data.get("media")
            await self._turn(chat, len(media) if isinstance(media, list | tuple) else 1)
        return await super().process_request(
            callback, args, kwargs, endpoint, data, rate_limit_args
        )

    async def _turn(self, chat: int, messages: int) -> None:
        """Wait until so many messages may be written in a chat; those of an album count each."""
        line = self._chats.setdefault(chat, _Chat())
        line.waiting += 1
        try:
            async with line.lock:
                while True:
                    await self._turn_of_all(messages)
                    rate = GROUP if chat < 0 else CHAT
                    said = await self._limiter.hit(rate, f"{self._bot}:{chat}", messages)
                    if said.allowed:
                        return
                    await asyncio.sleep(said.retry_after)
        finally:
            line.waiting -= 1
            if not line.waiting:
                del self._chats[chat]

    async def _turn_of_all(self, messages: int) -> None:
        async with self._all:  # who came first goes first
            while True:
                said = await self._limiter.hit(OVERALL, self._bot, messages)
                if said.allowed:
                    return
                await asyncio.sleep(LOOK_SECONDS)


class _Chat:
    """Those who wait to write in one chat."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.waiting = 0


def limiter_of(core: Core) -> SharedRateLimiter:
    """The bot's, over the core's limiter."""
    token = core.settings.telegram_token
    assert token
    return SharedRateLimiter(core.limiter, f"telegram:{token.get_secret_value().partition(':')[0]}")
