"""How fast the bot writes: never faster than Telegram takes it, and a busy chat delays no other."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.telegram import limits
from bot.telegram.limits import SharedRateLimiter
from core.adapters.limiter import MemoryLimiter

PROCESSES = 2


class Wire:
    """When something was sent, and where."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, int, int]] = []

    async def send(self, limiter, chat, endpoint="sendMessage", **data):
        async def sent():
            self.sent.append((time.monotonic(), chat, len(data.get("media", [None]))))

        told = {"chat_id": chat} | data
        await limiter.process_request(sent, (), {}, endpoint, told, None)

    def most_within(self, seconds, chat=None):
        """The most messages within so long."""
        sent = [one for one in self.sent if chat in {None, one[1]}]
        return max(
            sum(count for at, _, count in sent if since <= at < since + seconds)
            for since, *_ in sent
        )


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def processes():
    """Limiters of processes that count together, as they do over Redis."""
    counted = MemoryLimiter()
    return [SharedRateLimiter(counted, "telegram:1") for _ in range(PROCESSES)]


async def test_all_processes_together_keep_telegrams_limit(wire, processes):
    await asyncio.gather(
        *(
            wire.send(limiter, chat, endpoint)
            for chat in range(1, 41)
            for limiter, endpoint in zip(processes, ("sendMessage", "editMessageText"), strict=True)
        )
    )
    assert len(wire.sent) == 80
    assert wire.most_within(0.95) <= 30  # the clock that they are counted by is not this one
    assert wire.sent[-1][0] - wire.sent[0][0] < 10


async def test_an_album_counts_as_many(wire, processes):
    albums = (
        wire.send(processes[0], chat, "sendMediaGroup", media=[None] * 10) for chat in range(4)
    )
    await asyncio.gather(*albums)
    assert wire.most_within(0.95) <= 30


async def test_a_busy_group_delays_nobody_else(wire, processes, monkeypatch):
    monkeypatch.setattr(limits, "GROUP", "3/2second")
    limiter, other = processes
    busy = [asyncio.create_task(wire.send(limiter, -5)) for _ in range(5)]
    await asyncio.gather(*(wire.send(other, chat) for chat in (7, -8)))
    assert not all(one.done() for one in busy)
    await asyncio.gather(*busy)
    assert wire.most_within(1.9, chat=-5) == 3


async def test_what_nobody_reads_waits_for_nothing(wire, processes, monkeypatch):
    monkeypatch.setattr(limits, "CHAT", "1/hour")
    async with asyncio.timeout(5):
        for endpoint in ("getFile", "getChatAdministrators", "answerCallbackQuery"):
            for _ in range(3):
                await wire.send(processes[0], 7, endpoint)
