"""Rate limits by the library `limits`, counted in Redis for all processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limits.aio.storage.redis.bridge import RedisBridge

from core.adapters.limiter import LARGE, MemoryLimiter, parse, verdict
from core.adapters.redis_link import KEYS
from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from limits import RateLimitItem

    from core.adapters.redis_link import RedisLink
    from core.model import RateVerdict


def _function(name: str, script: bytes) -> str:
    return f"local function {name}(KEYS, ARGV)\n{script.decode()}\nend\n"


SCRIPT = (
    _function("moving_window", RedisBridge.SCRIPT_MOVING_WINDOW)
    + _function("acquire_moving_window", RedisBridge.SCRIPT_ACQUIRE_MOVING_WINDOW)
    + _function("sliding_window", RedisBridge.SCRIPT_SLIDING_WINDOW)
    + _function("acquire_sliding_window", RedisBridge.SCRIPT_ACQUIRE_SLIDING_WINDOW)
    + """
local now = redis.call('time')
now = now[1] + now[2] / 1000000
local cost = tonumber(ARGV[1])

-- Of window i: its keys (previous and current), kind, limit, and length in seconds.
local function window(i)
    return {KEYS[2 * i - 1], KEYS[2 * i]}, ARGV[3 * i - 1],
        tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
end

-- Of window i: requests in it, and seconds until the first of them leaves it.
local function look(i)
    local keys, kind, limit, length = window(i)
    if kind == 'exact' then
        local seen = moving_window({keys[2]}, {now - length, limit})
        if not seen then return 0, 0 end
        return seen[2], seen[1] + length - now
    end
    local seen = sliding_window(keys, {length})
    local before, before_ends = tonumber(seen[1] or 0), math.max(seen[2], 0) / 1000
    local current, current_ends = tonumber(seen[3] or 0), math.max(seen[4], 0) / 1000 - length
    local used = math.floor(before * before_ends / length) + current
    if before == 0 then return used, math.max(current_ends, 0) end
    local fewer = before_ends % (length / before)
    return used, current == 0 and fewer or math.min(fewer, current_ends)
end

-- All are asked before any counts: what one window refuses must not use up another.
local refused, passes = {}, true
for i = 1, #KEYS / 2 do
    local _, _, limit = window(i)
    refused[i] = look(i) + cost > limit
    passes = passes and not refused[i]
end
local told = {}
for i = 1, #KEYS / 2 do
    local keys, kind, limit, length = window(i)
    if passes and kind == 'exact' then
        acquire_moving_window({keys[2]}, {now, limit, length, cost})
    elseif passes then
        acquire_sliding_window(keys, {limit, length, cost})
    end
    local used, resets = look(i)
    told[i] = {refused[i] and 1 or 0, limit - used, math.ceil(resets * 1000)}
end
return told
"""
)
"""The library's windows, of which several are asked and then counted in one step.

The library itself counts one window a call: two processes that pass the first one's test at
once would both use it up, though the second refuses one of them. Time is Redis's own, so that
processes whose clocks differ count alike.
"""


class RedisLimiter:
    """The windows of MemoryLimiter, shared by all processes that use one Redis.

    While Redis is away each process counts in its own memory.
    """

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._script = link.script(SCRIPT)
        self._alone = MemoryLimiter()

    async def hit(self, rate: str, subject: str, cost: int = 1) -> RateVerdict:
        items = parse(rate)
        keys = [key for item in items for key in _keys(item, subject)]
        numbers = [part for item in items for part in _numbers(item)]
        try:
            told = await self._link.run(self._script, keys, [cost, *numbers])
        except Unavailable:
            return await self._alone.hit(rate, subject, cost)
        return verdict(
            (item, bool(refused), remaining, milliseconds / 1_000)
            for item, (refused, remaining, milliseconds) in zip(items, told, strict=True)
        )


def _keys(item: RateLimitItem, subject: str) -> Iterator[str]:
    key = f"{KEYS}{item.key_for(subject)}"
    yield f"{key}/-1"
    yield key


def _numbers(item: RateLimitItem) -> Iterator[str | int]:
    yield "exact" if item.amount <= LARGE else "counted"
    yield item.amount
    yield item.get_expiry()
