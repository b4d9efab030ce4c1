"""Rate limits by the library `limits`, in this process's memory."""

from __future__ import annotations

import asyncio
import math
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from limits import parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

from core.model import RateVerdict, RateWindow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from limits import RateLimitItem


LARGE = 1_000
"""Requests a window above which they are counted, not remembered one by one."""


@lru_cache(maxsize=64)
def parse(rate: str) -> tuple[RateLimitItem, ...]:
    """The limits of a rate such as `20/hour;100/day`, the shortest first."""
    return tuple(sorted(parse_many(rate), key=lambda item: item.get_expiry()))


def verdict(windows: Iterable[tuple[RateLimitItem, bool, int, float]]) -> RateVerdict:
    """Put together limits, whether each refused, what it has left, and its seconds to the reset."""
    now = time.time()
    shown, waits = [], []
    for item, refused, remaining, seconds in windows:
        reset_at = math.ceil(now + seconds)
        shown.append(RateWindow(item.amount, max(remaining, 0), reset_at, item.get_expiry()))
        if refused:
            waits.append(seconds)
    return RateVerdict(not waits, max(1, math.ceil(max(waits, default=0))), tuple(shown))


class MemoryLimiter:
    """Moving windows: at no moment have more than the limit passed within the window.

    Large limits, there against abuse alone, are counted in two buckets instead of one entry a
    request, which is exact to a few per cent and costs the same however large they are.
    """

    def __init__(self) -> None:
        storage = MemoryStorage()
        self._exact = MovingWindowRateLimiter(storage)
        self._counted = SlidingWindowCounterRateLimiter(storage)
        self._one_by_one = asyncio.Lock()

    def _windows(
        self, item: RateLimitItem
    ) -> MovingWindowRateLimiter | SlidingWindowCounterRateLimiter:
        return self._exact if item.amount <= LARGE else self._counted

    async def hit(self, rate: str, subject: str, cost: int = 1) -> RateVerdict:
        items = parse(rate)
        # All are asked before any counts: what one window refuses must not use up another.
        async with self._one_by_one:
            refused = {
                item
                for item in items
                if not await self._windows(item).test(item, subject, cost=cost)
            }
            if not refused:
                for item in items:
                    await self._windows(item).hit(item, subject, cost=cost)
            found = [await self._windows(item).get_window_stats(item, subject) for item in items]
        now = time.time()
        return verdict(
            (item, item in refused, stats.remaining, stats.reset_time - now)
            for item, stats in zip(items, found, strict=True)
        )
