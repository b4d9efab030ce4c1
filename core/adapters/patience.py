"""Threads for calls that may hang; nobody waits for them longer than they say."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

SLOW = 1.0
"""Seconds after which a failure counts as silence, from which those in the queue suffer, too."""

ResultT = TypeVar("ResultT")


class PatientThreads:
    """Threads of their own: what hangs holds these, and nothing else of the process.

    Calls beyond their number queue. Those that queued while another met silence are not tried,
    so that all of them have an answer at the time of the first.
    """

    def __init__(self, threads: int, name: str, silent: Callable[[], Unavailable]) -> None:
        """Take what is raised where there is no answer in time."""
        self._threads = ThreadPoolExecutor(threads, name)
        self._silent = silent
        self._silent_at = 0.0

    async def within(
        self, patience: float | None, work: Callable[..., ResultT], *arguments: Any
    ) -> ResultT:
        """Do blocking work in a thread.

        A result that comes when nobody waits for it any more is closed, if it can be.

        Raises:
            Unavailable: no answer came within `patience` seconds.
        """
        running = self._threads.submit(self._work, time.monotonic(), work, *arguments)
        try:
            async with asyncio.timeout(patience):
                return await asyncio.wrap_future(running)
        except TimeoutError as err:
            if not running.cancelled():  # else it was in the queue still
                self._silent_at = time.monotonic()
            running.add_done_callback(_close_late)
            raise self._silent() from err
        except asyncio.CancelledError:
            running.add_done_callback(_close_late)
            raise

    def close(self) -> None:
        """Begin nothing more; what runs is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _work(self, asked: float, work: Callable[..., ResultT], *arguments: Any) -> ResultT:
        if self._silent_at > asked:
            raise self._silent()
        began = time.monotonic()
        try:
            return work(*arguments)
        except Unavailable as err:
            # Its subclasses are answers, however late.
            if type(err) is Unavailable and time.monotonic() - began > SLOW:
                self._silent_at = time.monotonic()
            raise


def _close_late(done: Future[Any]) -> None:
    if done.cancelled() or done.exception() is not None:
        return
    close = getattr(done.result(), "close", None)
    if close is not None:
        with suppress(OSError):
            close()
