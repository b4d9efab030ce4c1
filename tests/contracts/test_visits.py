"""What all who note visits over processes must do."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from redis.asyncio import Redis
from rows import later

from core.adapters.redis_link import RedisLink
from core.adapters.visits_redis import RedisVisits
from core.errors import Unavailable

HOUR = timedelta(hours=1)


@pytest.fixture
def redis_url(redis_server):
    return redis_server.new_url()


@pytest.fixture
async def visits(redis_url):
    """A pair, for each of two processes."""
    links = [RedisLink(redis_url) for _ in range(2)]
    for link in links:
        await link.open()
    yield [RedisVisits(link) for link in links]
    for link in links:
        await link.close()


def at(names, **span):
    return [(name, later(**span)) for name in names]


async def test_a_visit_is_new_once_for_all_processes(visits):
    one, two = visits
    assert await one.note(at("ab"), HOUR) == [True, True]
    assert await two.note(at("cba", minutes=59), HOUR) == [True, False, False]
    assert await one.note([], HOUR) == []


async def test_it_is_new_again_when_its_time_is_over(visits):
    one, two = visits
    for minutes, new in ((0, True), (59, False), (60, True), (61, False), (58, False)):
        assert await one.note(at("a", minutes=minutes), HOUR) == [new]
    assert await two.note(at("a", minutes=119), HOUR) == [False]
    assert await two.note(at("aa", minutes=120), HOUR) == [True, False]


async def test_of_many_at_once_one_is_the_first(visits):
    found = await asyncio.gather(*(each.note(at("a"), HOUR) for each in visits * 20))
    assert sum(first for (first,) in found) == 1


async def test_nothing_stays_when_its_time_is_over(visits, redis_url):
    await visits[0].note(at("ab"), timedelta(seconds=1))
    async with Redis.from_url(redis_url) as redis:
        assert len(await redis.keys("*:seen:*")) == 2
        await asyncio.sleep(1.1)
        assert await redis.keys("*:seen:*") == []


async def test_many_come_back_in_their_order(visits):
    many = at(map(str, range(1_200)))
    await visits[0].note(many[::2], HOUR)
    assert await visits[1].note(many, HOUR) == [False, True] * 600


async def test_without_the_server_it_says_so(own_redis):
    link = RedisLink(own_redis.url)
    await link.open()
    own_redis.stop()
    with pytest.raises(Unavailable):
        await RedisVisits(link).note(at("a"), HOUR)
    await link.close()
