"""Being on a platform while the server runs, whatever becomes of the platform meanwhile."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import structlog

from core.setting_types import SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine

log = structlog.get_logger("pixferry.bot")

FIRST_TRY = 10.0
"""Seconds that a start waits to learn whether the platform lets the bot in; if it is away, the rest
of the server does not wait for it."""

PAUSES = (1, 2, 5, 10, 30)
"""Seconds between attempts while a platform is away."""


@asynccontextmanager
async def staying(
    platform: str,
    stay: Callable[[asyncio.Event], Coroutine[None, None, None]],
    leave: Callable[[asyncio.Task[None]], Awaitable[object]] | None = None,
) -> AsyncIterator[asyncio.Task[None]]:
    """Be there meanwhile; gives the task that is: it ends by itself only if the bot is shut out.

    `stay` sets its event once it is known whether the bot is let in. At the end it is cancelled;
    before that `leave` lets it finish.

    Raises:
        SettingsInvalid: the platform does not let the bot in.
    """
    known = asyncio.Event()
    task = asyncio.create_task(stay(known))
    task.add_done_callback(partial(_tell, platform))
    first = asyncio.create_task(known.wait())
    try:
        await asyncio.wait({task, first}, timeout=FIRST_TRY, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield task
    finally:
        first.cancel()
        if leave:
            await leave(task)
        task.cancel()
        with suppress(asyncio.CancelledError, SettingsInvalid):
            await task


def _tell(platform: str, task: asyncio.Task[None]) -> None:
    """Say why the bot is no longer there, where nobody has told it to stop."""
    if not task.cancelled() and (err := task.exception()):
        event = f"the bot has left {platform}"
        log.error(event, reason=str(err))
