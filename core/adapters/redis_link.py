"""The way to Redis: short patience, and a breaker for the time that it is away."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from core.adapters.redis_trouble import understand
from core.errors import Unavailable
from core.setting_types import PREFIX, SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from redis.commands.core import AsyncScript

KEYS = "pixferry:"
"""What the names of all our keys begin with."""

PATIENCE = 0.5
"""Seconds that one question may take, connecting included."""

PROBE_EVERY = 1.0
"""Seconds between two looks whether Redis is back."""

QUESTIONS = 16
"""Questions that one process asks at once, each on a connection of its own; more wait."""

_TICKS = 5
_TOUCH = "return redis.call('set', KEYS[1], '', 'px', 1000)"  # needs all that our scripts need
_PUBLIC = "Redis can't be reached right now: each process counts rate limits and views on its own."

log = structlog.get_logger(__name__)


class RedisLink:
    """Runs scripts on Redis, as long as it is there.

    The first question that goes unanswered opens the breaker: from then on nobody asks and
    waits, until a probe in the background finds Redis back.
    """

    def __init__(self, url: str) -> None:
        """Take an address that `redis_url` accepts.

        Raises:
            SettingsInvalid: it has options that there are not.
        """
        parts = urlsplit(url)
        self._place = f"Redis at {parts.hostname}:{parts.port or 6379}"
        try:
            self._redis = Redis.from_url(
                url,
                retry=Retry(NoBackoff(), 0),
                socket_timeout=None,  # PATIENCE is over all
                socket_connect_timeout=None,
                socket_keepalive=True,
            )
            self._redis.connection_pool.connection_class(
                **self._redis.connection_pool.connection_kwargs
            )
        except (TypeError, ValueError) as err:
            raise SettingsInvalid(f"{PREFIX}REDIS_URL has an option of no use: {err}.") from err
        self._touch = self.script(_TOUCH)
        self._slots = asyncio.Semaphore(QUESTIONS)
        self._away = ""  # why it is, if it is
        self._probing: asyncio.Task[None] | None = None

    def script(self, lua: str) -> AsyncScript:
        """Make a script to `run`."""
        return self._redis.register_script(lua)

    async def open(self) -> None:
        """Look whether Redis is there; it may come later.

        Raises:
            SettingsInvalid: it is, but does not let us in; waiting would not help.
        """
        try:
            await self._try()
        except Exception as err:
            if understand(err).lasting:
                raise SettingsInvalid(self._reason(err)) from err
            self._lose(err)

    async def run(self, script: AsyncScript, keys: Sequence[str], args: Sequence[str | int]) -> Any:
        """Run a script.

        Raises:
            Unavailable: Redis is away; a script that was sent may have run all the same.
        """
        if not self._away:
            async with self._slots:
                if not self._away:  # still
                    try:
                        return await _patiently(script(keys, args))
                    except Exception as err:  # whichever it is, requests do without Redis
                        self._lose(err)
                        raise Unavailable(_PUBLIC, reason=self._away) from err
        raise Unavailable(_PUBLIC, reason=self._away)

    async def check(self) -> None:
        """Raise Unavailable unless Redis does what it is here for."""
        await self.run(self._touch, [f"{KEYS}probe"], [])

    async def close(self) -> None:
        """Let connections go."""
        if self._probing:
            self._probing.cancel()
        with suppress(Exception):
            await _patiently(self._redis.aclose())

    def _lose(self, err: BaseException) -> None:
        if not self._away:
            self._away = self._reason(err)
            log.warning(
                "Redis is away: rate limits, views and single flight are each process's own until "
                "it is back",
                reason=self._away,
            )
            self._probing = asyncio.create_task(self._probe())

    async def _probe(self) -> None:
        while self._away:
            await asyncio.sleep(PROBE_EVERY)
            with suppress(Exception):
                # Connections that were idle meanwhile may lead nowhere.
                await _patiently(self._redis.connection_pool.disconnect(inuse_connections=False))
                await self._try()
                self._away = ""
        log.info("Redis is back: rate limits, views and single flight are shared again")

    async def _try(self) -> None:
        await _patiently(self._touch([f"{KEYS}probe"], []))

    def _reason(self, err: BaseException) -> str:
        return f"{self._place} {understand(err).says} ({PREFIX}REDIS_URL)."


async def _patiently(work: Coroutine[Any, Any, Any]) -> Any:
    """Await `work` for PATIENCE seconds.

    They are counted in ticks: however long this process itself was held up, it is one tick of
    them, since it says nothing about Redis.

    Raises:
        TimeoutError: it took longer.
    """
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    try:
        for _ in range(_TICKS):
            if (await asyncio.wait({task}, timeout=PATIENCE / _TICKS))[0]:
                return task.result()
        raise TimeoutError
    finally:
        task.cancel()
