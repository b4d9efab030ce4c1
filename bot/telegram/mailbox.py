"""What Telegram tells us: written down before it is worked on, so that none of it is lost."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from telegram import Update

from core.chats import Told
from core.errors import Unavailable
from core.services.inbox import RENEW

if TYPE_CHECKING:
    from telegram import Bot

    from core.services.inbox import Inbox

log = structlog.get_logger("pixferry.telegram")

LOOK_SECONDS = 1.0
"""How often it is looked for albums that are whole, and for what others left."""

AGAIN_SECONDS = 25.0
"""After which an answer is tried again that could not be given."""

TAKEN = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing that Telegram tells: an update, or the several of an album.

    `names` are those under which it is written down; none: it is not.
    """

    updates: tuple[Update, ...]
    names: tuple[str, ...] = ()


class Mailbox(asyncio.Queue[Any]):
    """The queue between Telegram and the bot; gives letters.

    What was told before is dropped. The pieces of an album wait until it is whole.
    """

    def __init__(self, inbox: Inbox) -> None:
        super().__init__()
        self._inbox = inbox
        self._bot: Bot | None = None
        self._albums = asyncio.Event()
        self._open: set[str] = set()
        self._waiting: set[asyncio.Task[None]] = set()

    async def put(self, item: Any) -> None:
        """Take an update; once this returns it is safe, but for taps' and queries' answers.

        What can't be written down is worked on at once: whoever waits is told what is wrong.
        """
        if not isinstance(item, Update) or item.inline_query:
            await super().put(Letter((item,)) if isinstance(item, Update) else item)
            return
        told = Told(self._name(item), item.to_dict(), self._bundle(item))
        try:
            new = await self._inbox.put([told])
        except Unavailable:
            await super().put(Letter((item,)))
            return
        for each in new:
            await self._deliver((each,))
        if told.bundle:
            self._albums.set()

    def serve(self, bot: Bot) -> None:
        """Say whose updates these are."""
        self._bot = bot

    async def watch(self) -> None:
        """Deliver albums that are whole, and what another process took and did not finish."""
        renewing = asyncio.create_task(self._renew())
        try:
            while True:
                with suppress(Unavailable):
                    for bundle in await self._inbox.take(self._prefix, TAKEN):
                        await self._deliver(tuple(bundle))
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._albums.wait(), LOOK_SECONDS)
                self._albums.clear()
        finally:
            renewing.cancel()

    async def done(self, letter: Letter) -> None:
        """It is answered."""
        self._open.difference_update(letter.names)
        if letter.names:
            await self._inbox.done(letter.names)

    async def give_back(self, letter: Letter, *, tried: bool = False) -> None:
        """It was not answered; somebody else may, or we later. `tried`: so often and no more."""
        self._open.difference_update(letter.names)
        if letter.names:
            await self._inbox.release(letter.names, tried=tried)

    def later(self, letter: Letter) -> None:
        """It could not be answered now; it is tried again in a while."""
        task = asyncio.create_task(self._wait_and_give_back(letter))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def close(self) -> None:
        """Give back what is open still."""
        for task in self._waiting:
            task.cancel()
        await self.give_back(Letter((), tuple(self._open)))

    @property
    def _prefix(self) -> str:
        assert self._bot
        return f"telegram:{self._bot.id}:"

    def _name(self, update: Update) -> str:
        return f"{self._prefix}{update.update_id}"

    def _bundle(self, update: Update) -> str | None:
        message = update.message
        if message is None or message.media_group_id is None:
            return None
        return f"{self._prefix}{message.chat.id}:{message.media_group_id}"

    async def _deliver(self, told: tuple[Told, ...]) -> None:
        updates = tuple(Update.de_json(dict(each.payload), self._bot) for each in told)
        names = tuple(each.id for each in told)
        self._open.update(names)
        await super().put(Letter(updates, names))

    async def _wait_and_give_back(self, letter: Letter) -> None:
        await asyncio.sleep(AGAIN_SECONDS)
        await self.give_back(letter, tried=True)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW.total_seconds())
            await self._inbox.renew()
