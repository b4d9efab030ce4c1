"""What Telegram tells us: written down before it is worked on, so that none of it is lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from telegram import Update

from core.chats import Told
from core.errors import Unavailable
from core.services.inbox import QUIET, RENEW

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from telegram import Bot

    from core.services.inbox import Inbox

log = structlog.get_logger("pixferry.telegram")

FIRST_LOOK = 2 * QUIET.total_seconds()
"""Seconds until it is looked for what others left: the rest of an album that they had in part may
be told meanwhile."""

LOOK_SECONDS = 0.5
"""How often it is looked then, for that and for albums that are whole."""

AGAIN_SECONDS = 5.0
"""After which a letter is opened again that the database was away for."""

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

    What was told before is dropped. The pieces of an album wait until it is whole, and what there
    is no room for until there is.
    """

    def __init__(self, inbox: Inbox) -> None:
        super().__init__()
        self._inbox = inbox
        self._bot: Bot | None = None
        self._room: Callable[[], int] = lambda: TAKEN
        self._open: set[str] = set()
        self._waiting: set[asyncio.Task[None]] = set()
        self._arriving: list[Update] = []
        self._filling: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    def serve(self, bot: Bot, room: Callable[[], int]) -> None:
        """Say whose updates these are, and how to learn how many letters there is room for."""
        self._bot = bot
        self._room = room

    async def put(self, item: Any) -> None:
        """Take an update; see `take_in`."""
        if isinstance(item, Update):
            await self.take_in([item])
        else:
            await super().put(item)  # the library's own

    async def take_in(self, updates: Sequence[Update]) -> None:
        """Take updates; once this returns they are safe, but for what people type after our name.

        What can't be written down is worked on at once: whoever waits is told what is wrong. What
        comes while others are being written down goes into one commit.
        """
        self._arriving.extend(updates)
        if self._filling is None:
            self._filling = asyncio.create_task(self._write_down())
        await asyncio.shield(self._filling)

    async def watch(self) -> None:
        """Deliver albums that are whole, and what another process took and did not finish."""
        renewing = asyncio.create_task(_ever(self._inbox.renew, RENEW.total_seconds()))
        try:
            await asyncio.sleep(FIRST_LOOK)
            await _ever(self._look, LOOK_SECONDS)
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
        """It could not be opened now; it is in a while."""
        task = asyncio.create_task(self._wait_and_give_back(letter))
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    async def close(self) -> None:
        """Give back what is open still; nothing is to come in any more."""
        for task in self._waiting:
            task.cancel()
        if self._filling:
            await asyncio.wait({self._filling})  # what is being written down is ours then
        async with self._writing:
            pass
        await self.give_back(Letter((), tuple(self._open)))

    @property
    def _prefix(self) -> str:
        assert self._bot
        return f"telegram:{self._bot.id}:"

    async def _write_down(self) -> None:
        async with self._writing:
            self._filling, updates, self._arriving = None, self._arriving, []
            letters = [one for one in updates if one.inline_query is None]
            for update in updates:
                if update.inline_query:
                    await super().put(Letter((update,)))
            try:
                new = await self._inbox.put([self._told(update) for update in letters])
            except Exception as err:
                if not isinstance(err, Unavailable):
                    log.exception("fault")
                for update in letters:
                    await super().put(Letter((update,)))
            else:
                for told in new:
                    await self._deliver((told,))

    async def _look(self) -> None:
        """Deliver what there is."""
        try:
            while taken := await self._inbox.take(self._prefix, min(TAKEN, self._room())):
                for bundle in taken:
                    await self._deliver(tuple(bundle))
        except Unavailable:
            return  # which whoever writes is told

    def _told(self, update: Update) -> Told:
        name = f"{self._prefix}{update.update_id}"
        message = update.message
        if message is None or message.media_group_id is None:
            return Told(name, update.to_dict())
        album = f"{self._prefix}{message.chat.id}:{message.media_group_id}"
        return Told(name, update.to_dict(), album)

    async def _deliver(self, told: tuple[Told, ...]) -> None:
        names = tuple(each.id for each in told)
        try:
            updates = tuple(self._read(each) for each in told)
        except Exception:  # of another version of the library, which told it otherwise
            log.exception("fault", told=names)
            await self._inbox.done(names)
            return
        self._open.update(names)
        await super().put(Letter(updates, names))

    def _read(self, told: Told) -> Update:
        return Update.de_json(dict(told.payload), self._bot)

    async def _wait_and_give_back(self, letter: Letter) -> None:
        await asyncio.sleep(AGAIN_SECONDS)
        if letter.names:
            await self.give_back(letter)
        else:
            await super().put(letter)


async def _ever(step: Callable[[], Awaitable[None]], pause: float) -> None:
    """Take a step again and again, whatever comes of it."""
    while True:
        await asyncio.sleep(pause)
        try:
            await step()
        except Exception:
            log.exception("fault")
