"""Visits noted in Redis, for all processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.adapters.redis_link import KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from core.adapters.redis_link import RedisLink

AT_ONCE = 500
"""Visits a call: Redis serves nobody else meanwhile, for less than a millisecond."""

_NOTE = """
-- KEYS: visits. ARGV: milliseconds after which one is new again, and the time of each.
local new = {}
for i, key in ipairs(KEYS) do
    local last = tonumber(redis.call('get', key) or nil)
    local now = tonumber(ARGV[i + 1])
    new[i] = (not last or now - last >= tonumber(ARGV[1])) and 1 or 0
    if new[i] == 1 then redis.call('set', key, ARGV[i + 1], 'px', ARGV[1]) end
end
return new
"""


class RedisVisits:
    """A key for each visit, which Redis drops when its time is over."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._note = link.script(_NOTE)

    async def note(self, visits: Sequence[tuple[str, datetime]], within: timedelta) -> list[bool]:
        found: list[bool] = []
        for first in range(0, len(visits), AT_ONCE):
            some = visits[first : first + AT_ONCE]
            keys = [f"{KEYS}seen:{name}" for name, _ in some]
            times = [int(time.timestamp() * 1_000) for _, time in some]
            told = [int(within.total_seconds() * 1_000), *times]
            found += [bool(new) for new in await self._link.run(self._note, keys, told)]
        return found
