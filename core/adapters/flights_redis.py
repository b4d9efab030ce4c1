"""Single flight over all processes that use one Redis."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from core.adapters.flights import MemoryFlights
from core.adapters.redis_link import KEYS
from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from redis.commands.core import AsyncScript

    from core.adapters.redis_link import RedisLink

FIRST_PAUSE, LAST_PAUSE = 0.01, 1.0
"""Seconds before a turn is asked for again: a tenth of the wait so far, within these."""

DONE = 2

TAKE = """
-- KEYS: who holds the turn, who is next, whether the work is done. ARGV: token, milliseconds of
-- the lease, milliseconds until this one asks again. Gives 0 not yours, 1 yours, 2 yours, but
-- the work is done. To ask again while holding it is to renew the lease.
local holder, following = redis.call('get', KEYS[1]), redis.call('get', KEYS[2])
if holder == ARGV[1] or not holder and (not following or following == ARGV[1]) then
    redis.call('set', KEYS[1], ARGV[1], 'px', ARGV[2])
    if following == ARGV[1] then redis.call('del', KEYS[2]) end
    return redis.call('exists', KEYS[3]) + 1
end
-- The first that waits is next: a process that asks often can't keep the turn among its own.
if tonumber(ARGV[3]) > 0 and (not following or following == ARGV[1]) then
    redis.call('set', KEYS[2], ARGV[1], 'px', ARGV[3] * 3)
end
return 0
"""

LEAVE = """
-- KEYS as above. ARGV: token, milliseconds for which the work is done.
for i = 1, 2 do
    if redis.call('get', KEYS[i]) == ARGV[1] then redis.call('del', KEYS[i]) end
end
if tonumber(ARGV[2]) > 0 then redis.call('set', KEYS[3], '', 'px', ARGV[2]) end
return 1
"""


class RedisFlights:
    """A process asks Redis once a key: its own askers take turns in memory first.

    While Redis is away, that is all.
    """

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._take, self._leave = link.script(TAKE), link.script(LEAVE)
        self._own = MemoryFlights()

    @asynccontextmanager
    async def turn(self, key: str, lease: float, *, lasts: float = 0) -> AsyncIterator[bool]:
        async with self._own.turn(key, lease):
            turn = _Turn(self._link, self._take, self._leave, key, lease)
            done_for = 0.0
            try:
                due = not (await turn.wait() and lasts)
                renewing = asyncio.create_task(turn.renew())
                try:
                    yield due
                finally:
                    renewing.cancel()
                if due:
                    done_for = lasts
            finally:
                await turn.leave(done_for)


class _Turn:
    """One asker's turn."""

    def __init__(
        self, link: RedisLink, take: AsyncScript, leave: AsyncScript, key: str, lease: float
    ) -> None:
        self._link = link
        self._take, self._leave = take, leave
        self._keys = [f"{KEYS}{part}:{key}" for part in ("turn", "next", "done")]
        self._token = uuid4().hex
        self._lease = lease

    async def wait(self) -> bool:
        """Come to hold the turn, or find that Redis is away; gives whether the work is done."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        with suppress(Unavailable):
            while True:
                pause = min(max((loop.time() - began) / 10, FIRST_PAUSE), LAST_PAUSE)
                if found := await self._ask(pause):
                    return found == DONE
                await asyncio.sleep(pause)
        return False

    async def renew(self) -> None:
        """Hold it while this process lives, though Redis may go and come back meanwhile."""
        while True:
            await asyncio.sleep(self._lease / 3)
            with suppress(Unavailable):
                if not await self._ask(pause=0):
                    return  # Redis was away for the whole lease; another has it now

    async def leave(self, done_for: float) -> None:
        """Let the next one have it; while Redis is away, the end of the lease does."""
        with suppress(Unavailable):
            await self._link.run(self._leave, self._keys, [self._token, _milliseconds(done_for)])

    async def _ask(self, pause: float) -> int:
        times = (_milliseconds(self._lease), _milliseconds(pause))
        found: int = await self._link.run(self._take, self._keys, [self._token, *times])
        return found


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1_000)
