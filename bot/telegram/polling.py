"""Updates that Telegram is asked for."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.staying import PAUSES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telegram import Bot

    from bot.telegram.mailbox import Mailbox

log = structlog.get_logger("pixferry.telegram")

POLL_SECONDS = 30
LAST_WORD = 3.0
"""How long it may take to tell Telegram, at the end, what has come: it would tell that again."""


class Polling:
    """Asks for updates; Telegram forgets those that are safe with us.

    The library's own way writes down one update after the other, and goes on in silence when
    Telegram no longer knows the token.
    """

    def __init__(self, bot: Bot, mailbox: Mailbox, wanted: Sequence[str]) -> None:
        self._bot = bot
        self._mailbox = mailbox
        self._wanted = wanted
        self._offset: int | None = None

    async def run(self) -> None:
        """Ask for updates until this is cancelled.

        Raises:
            InvalidToken: Telegram no longer knows the bot.
        """
        failures = 0
        try:
            while True:
                try:
                    await self._ask()
                except InvalidToken:
                    raise
                except TelegramError as err:
                    _complain(err)
                except Exception:  # an update that can't be read must not end the bot
                    log.exception("fault")
                else:
                    failures = 0
                    continue
                await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])
                failures += 1
        finally:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(LAST_WORD):
                    await self._bot.get_updates(self._offset, timeout=0, limit=1)

    async def _ask(self) -> None:
        updates = await self._bot.get_updates(
            self._offset, timeout=POLL_SECONDS, allowed_updates=self._wanted
        )
        if updates:
            await self._mailbox.take_in(updates)
            self._offset = max(update.update_id for update in updates) + 1


def _complain(err: TelegramError) -> None:
    if isinstance(err, Conflict):
        log.error("another process asks for this bot's updates: one alone may, or use a webhook")
    else:
        log.warning("no updates", error=type(err).__name__)
