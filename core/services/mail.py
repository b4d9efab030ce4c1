"""Sends mails in the background, so that no answer tells by its time whether one was sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from core.errors import Unavailable

if TYPE_CHECKING:
    from core.accounts import Mail
    from core.ports_accounts import Mailer

AT_ONCE = 4
PENDING_MAX = 500
RETRIES = (5.0, 60.0, 600.0)
"""Seconds after which a mail that was not taken is tried again."""

LAST_SECONDS = 5.0
"""How long a process that ends waits for mails on their way."""

log = structlog.get_logger(__name__)


class Post:
    """Mails on their way, and how they get there."""

    def __init__(self, mailer: Mailer) -> None:
        self._mailer = mailer
        self._at_once = asyncio.Semaphore(AT_ONCE)
        self._pending: set[asyncio.Task[None]] = set()

    def refuse_if_full(self) -> None:
        """Say no before anything is looked up.

        Raises:
            Unavailable: as many mails wait as may wait.
        """
        if len(self._pending) >= PENDING_MAX:
            raise Unavailable("Too many mails wait to be sent.", seconds=60)

    def send(self, mail: Mail) -> None:
        """Send a mail some time soon."""
        task = asyncio.create_task(self._deliver(mail))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def send_now(self, mail: Mail) -> None:
        """Send a mail, and wait for that.

        Raises:
            Unavailable: it was not taken.
        """
        await self._mailer.send(mail)

    async def close(self) -> None:
        """Wait a little for what is on its way; what is left is lost, and logged."""
        if not self._pending:
            return
        _, late = await asyncio.wait(self._pending, timeout=LAST_SECONDS)
        for task in late:
            task.cancel()
        if late:
            log.error("mails were not sent before the end", count=len(late))

    async def _deliver(self, mail: Mail) -> None:
        for wait in (*RETRIES, None):
            try:
                async with self._at_once:
                    await self._mailer.send(mail)
            except Unavailable as err:
                log.warning("a mail was not taken", subject=mail.subject, reason=err.reason)
                if wait is None:
                    log.error("a mail is given up", subject=mail.subject)  # noqa: TRY400  no fault of the code
                    return
                await asyncio.sleep(wait)
            except Exception:
                log.exception("a mail could not be sent", subject=mail.subject)
                return
            else:
                return
