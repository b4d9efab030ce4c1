"""Rate limits by the library `limits`, in this process's memory."""

from __future__ import annotations

import math
import time
from functools import lru_cache
from typing import TYPE_CHECKING

from limits import parse_many
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

from core.model import RateVerdict, RateWindow

if TYPE_CHECKING:
    from limits import RateLimitItem


LARGE = 1_000
"""Requests a window above which they are counted, not remembered one by one."""


@lru_cache(maxsize=64)
def _parse(rate: str) -> tuple[RateLimitItem, ...]:
    return tuple(sorted(parse_many(rate), key=lambda item: item.get_expiry()))


class MemoryLimiter:
    """Moving windows: at no moment have more than the limit passed within the window.

    Large limits, there against abuse alone, are counted in two buckets instead of one entry a
    request, which is exact to a few per cent and costs the same however large they are.
    """

    def __init__(self) -> None:
        storage = MemoryStorage()
        self._exact = MovingWindowRateLimiter(storage)
        self._counted = SlidingWindowCounterRateLimiter(storage)

    def _windows(
        self, item: RateLimitItem
    ) -> MovingWindowRateLimiter | SlidingWindowCounterRateLimiter:
        return self._exact if item.amount <= LARGE else self._counted

    async def hit(self, rate: str, subject: str, cost: int = 1) -> RateVerdict:
        items = _parse(rate)
        # All are asked before any counts: what one window refuses must not use up another.
        refused = [
            item for item in items if not await self._windows(item).test(item, subject, cost=cost)
        ]
        if not refused:
            refused = [
                item
                for item in items
                if not await self._windows(item).hit(item, subject, cost=cost)
            ]
        windows, waits = [], [0.0]
        now = time.time()
        for item in items:
            stats = await self._windows(item).get_window_stats(item, subject)
            windows.append(
                RateWindow(
                    limit=item.amount,
                    remaining=max(stats.remaining, 0),
                    reset_at=math.ceil(stats.reset_time),
                    seconds=item.get_expiry(),
                )
            )
            if item in refused:
                waits.append(stats.reset_time - now)
        return RateVerdict(not refused, max(1, math.ceil(max(waits))), tuple(windows))
