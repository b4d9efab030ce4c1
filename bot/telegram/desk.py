"""Letters on their way to an answer: made where there is room, and told until it has arrived."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import structlog
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError, TimedOut

from bot.workload import Busy, Workload

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.asking import Ask
    from bot.replies import Reply
    from bot.service import ChatService
    from bot.telegram.mailbox import Letter, Mailbox

    Answer = Callable[[], Awaitable[Reply]]
    Show = Callable[[Reply], Awaitable[None]]

log = structlog.get_logger("pixferry.telegram")

WORK_SECONDS = 120.0
"""How long one answer may take to make; the wait before it does not count."""

PAUSES = (1, 2, 5, 10, 20, 40)
"""Seconds between attempts to tell an answer while Telegram is away. After them the letter goes
back, and the answer is made and told anew."""

TURNED_AWAY = 200
"""People who are told at once that there is no room; others' letters wait where they are safe."""


class Desk:
    """Has letters answered.

    Making an answer takes one of few slots. Telling it may have to wait, as Telegram limits how
    fast a bot writes: so it is done without one.
    """

    def __init__(self, service: ChatService, mailbox: Mailbox, workload: Workload) -> None:
        self._service = service
        self._mailbox = mailbox
        self._workload = workload
        self._turning_away: set[asyncio.Task[None]] = set()

    async def answer(self, letter: Letter, ask: Ask, make: Answer, show: Show) -> None:
        """Have a letter answered when there is room; who comes when there is none is told."""

        async def work() -> Callable[[], Awaitable[None]]:
            reply = await self._made(ask, make)
            return partial(self._tell, letter, ask, reply, show)

        async def left() -> None:
            await self._mailbox.give_back(letter)
            if not letter.names:
                await show(self._service.stopping(ask))

        try:
            self._workload.start(ask.identity, work, left)
        except Busy:
            if len(self._turning_away) >= TURNED_AWAY:
                await self._mailbox.give_back(letter)
                return
            telling = self._tell(letter, ask, self._service.busy(ask), show)
            task = asyncio.create_task(telling)
            self._turning_away.add(task)
            task.add_done_callback(self._turning_away.discard)

    async def close(self, seconds: float) -> None:
        """Wait until all is answered, for so long at most; the rest goes back."""
        await self._workload.finish(seconds)
        for task in self._turning_away:
            task.cancel()

    async def _made(self, ask: Ask, make: Answer) -> Reply:
        try:
            async with asyncio.timeout(WORK_SECONDS):
                return await make()
        except TimeoutError:
            return self._service.late(ask)

    async def _tell(self, letter: Letter, ask: Ask, reply: Reply, show: Show) -> None:
        arrived = False
        for pause in PAUSES:
            err = await self._shown(ask, reply, show)
            if err is None:
                await self._mailbox.done(letter)
                return
            log.warning("not told yet", error=type(err).__name__, origin=ask.origin)
            arrived = arrived or may_have_arrived(err)
            await asyncio.sleep(pause)
        # What Telegram takes without saying so must not be told for ever.
        await self._mailbox.give_back(letter, tried=arrived)

    async def _shown(self, ask: Ask, reply: Reply, show: Show) -> TelegramError | None:
        """Show a reply, or that it can't be shown; gives why Telegram can't be told of anything."""
        try:
            try:
                await show(reply)
            except Exception as err:
                if _is_end(err):
                    raise
                await show(self._service.fault(ask.origin, ask.language, err))
        except (BadRequest, Forbidden, ChatMigrated) as err:
            log.info("not taken", error=err.message, origin=ask.origin)
        except TelegramError as err:
            return err
        except Exception:
            log.exception("fault", origin=ask.origin)
        return None


def _is_end(err: Exception) -> bool:
    """Whether nothing else that is said in its place would be taken."""
    return isinstance(err, TelegramError) and not isinstance(err, BadRequest)


def may_have_arrived(err: TelegramError) -> bool:
    """Whether Telegram may have done what was asked, although it did not say so."""
    cause = type(err.__cause__).__name__
    if isinstance(err, TimedOut):
        return cause not in {"ConnectTimeout", "PoolTimeout"}
    return cause in {"ReadError", "RemoteProtocolError"}
