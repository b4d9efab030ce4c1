"""Turns over processes, of which some die and Redis is away at times."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from contextlib import asynccontextmanager

import pytest
from servers import ROOT

from core.adapters.flights_redis import RedisFlights
from core.adapters.redis_link import RedisLink
from core.errors import Unavailable

HOLDER = """
import asyncio, sys
from core.adapters.flights_redis import RedisFlights
from core.adapters.redis_link import RedisLink

async def main():
    async with RedisFlights(RedisLink(sys.argv[1])).turn("work", float(sys.argv[2])):
        print("held", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""
SOON = 30


@asynccontextmanager
async def holder(url, lease):
    """Another process that holds the turn."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", HOLDER, url, str(lease)), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(SOON):
            assert await process.stdout.readline() == b"held\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.fixture
async def links(own_redis):
    found = [RedisLink(own_redis.url) for _ in range(2)]
    for link in found:
        await link.open()
    yield found
    for link in found:
        await link.close()


@pytest.fixture
def flights(links):
    return [RedisFlights(link) for link in links]


async def test_a_process_that_was_killed_is_passed_over_after_its_lease(own_redis, flights):
    async with holder(own_redis.url, 2) as process:
        waiter = asyncio.create_task(take(flights[0]))
        await asyncio.sleep(0.2)
        process.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        async with asyncio.timeout(SOON):
            await waiter
        assert time.monotonic() - killed > 0.5, "the lease was still running"


async def test_a_process_that_lives_keeps_its_turn_beyond_the_lease(own_redis, flights):
    async with holder(own_redis.url, 2):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3):
                await take(flights[0])


async def test_who_dies_waiting_stands_in_nobodys_way(own_redis, flights):
    async with flights[0].turn("work", 10):
        waiter = asyncio.create_subprocess_exec(
            *(sys.executable, "-c", HOLDER, own_redis.url, "10"), cwd=ROOT
        )
        process = await waiter
        await asyncio.sleep(1.5)  # until it is next
        process.kill()
        await process.wait()
    async with asyncio.timeout(SOON):
        await take(flights[1])


async def take(flights, key="work"):
    async with flights.turn(key, 10):
        pass


async def test_a_turn_that_is_held_survives_that_redis_forgets_it(own_redis, links, flights):
    async with flights[0].turn("work", 2):
        own_redis.kill()
        own_redis.start()
        for link in links:
            await back(link)
        await asyncio.sleep(1.5)  # until it was renewed
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await take(flights[1])
    async with asyncio.timeout(SOON):
        await take(flights[1])


async def test_who_waits_goes_on_when_redis_goes(own_redis, flights):
    """Better the work is done twice than not at all."""
    async with flights[0].turn("work", 30):
        waiter = asyncio.create_task(take(flights[1]))
        await asyncio.sleep(0.2)
        own_redis.freeze()
        try:
            async with asyncio.timeout(SOON):
                await waiter
        finally:
            own_redis.thaw()


async def test_one_process_takes_turns_by_itself_while_redis_is_away(own_redis, flights):
    own_redis.kill()
    inside = []

    async def work():
        async with flights[0].turn("work", 10):
            assert not inside
            inside.append(1)
            await asyncio.sleep(0.001)
            inside.pop()

    async with asyncio.timeout(SOON):
        await asyncio.gather(*(work() for _ in range(20)))


async def back(link):
    async with asyncio.timeout(SOON):
        while True:
            try:
                return await link.check()
            except Unavailable:
                await asyncio.sleep(0.05)
