"""What every RateLimiter must do."""

from __future__ import annotations

import asyncio
import time

import pytest


async def test_as_many_pass_as_the_rate_says(limiter):
    verdicts = [await limiter.hit("3/hour", "me") for _ in range(5)]
    assert [each.allowed for each in verdicts] == [True, True, True, False, False]
    assert [each.windows[0].remaining for each in verdicts] == [2, 1, 0, 0, 0]
    assert 1 <= verdicts[-1].retry_after <= 3_600
    window = verdicts[0].windows[0]
    assert (window.limit, window.seconds) == (3, 3_600)
    assert time.time() < window.reset_at <= time.time() + 3_601


@pytest.mark.parametrize("limit", [10, 2_000])
async def test_of_many_at_once_as_many_pass(limiter, limit):
    verdicts = await asyncio.gather(*(limiter.hit(f"{limit}/day", "me") for _ in range(limit + 20)))
    assert sum(each.allowed for each in verdicts) == limit


async def test_processes_count_together(limiters):
    one, other = limiters
    assert (await one.hit("2/hour;9/day", "me")).windows[0].remaining == 1
    assert (await other.hit("2/hour;9/day", "me")).windows[0].remaining == 0
    assert not (await one.hit("2/hour;9/day", "me")).allowed


@pytest.mark.parametrize("rate", ["40/hour;25/day", "4000/hour;25/day"])
async def test_of_many_at_once_over_processes_as_many_pass_and_the_refused_use_up_nothing(
    limiters, rate
):
    verdicts = await asyncio.gather(*(each.hit(rate, "me") for _ in range(60) for each in limiters))
    assert sum(each.allowed for each in verdicts) == 25
    last = await limiters[0].hit(rate, "me")
    assert not last.allowed
    assert [window.limit - window.remaining for window in last.windows] == [25, 25]


async def test_dear_and_cheap_ones_at_once_never_pass_the_limit(limiters):
    costs = [1 + turn % 4 for turn in range(80)]
    verdicts = await asyncio.gather(
        *(limiters[turn % 2].hit("100/hour", "me", cost) for turn, cost in enumerate(costs))
    )
    passed = sum(cost for cost, each in zip(costs, verdicts, strict=True) if each.allowed)
    assert passed + (await limiters[0].hit("100/hour", "me", 101)).windows[0].remaining == 100


async def test_subjects_are_counted_apart(limiter):
    assert (await limiter.hit("1/hour", "me")).allowed
    assert not (await limiter.hit("1/hour", "me")).allowed
    assert (await limiter.hit("1/hour", "you")).allowed


async def test_rates_are_counted_apart(limiter):
    assert (await limiter.hit("1/hour", "me")).allowed
    assert (await limiter.hit("1/minute", "me")).allowed


async def test_a_cost_passes_whole_or_not_at_all(limiter):
    assert (await limiter.hit("10/hour", "me", cost=8)).allowed
    assert not (await limiter.hit("10/hour", "me", cost=3)).allowed
    assert (await limiter.hit("10/hour", "me", cost=2)).allowed
    assert not (await limiter.hit("10/hour", "me")).allowed


async def test_windows_are_told_the_shortest_first(limiter):
    verdict = await limiter.hit("9/day;5/hour", "me")
    assert [(each.limit, each.remaining) for each in verdict.windows] == [(5, 4), (9, 8)]


async def test_what_one_window_refuses_uses_up_no_other(limiter):
    rate = "5/hour;3/day"
    for _ in range(3):
        assert (await limiter.hit(rate, "me")).allowed
    for _ in range(4):
        refused = await limiter.hit(rate, "me")
        assert not refused.allowed
        assert [each.remaining for each in refused.windows] == [2, 0]
        assert refused.retry_after > 3_600  # it is the day that must pass


async def test_a_window_moves_on(limiter):
    assert (await limiter.hit("1/second", "me")).allowed
    refused = await limiter.hit("1/second", "me")
    if not refused.allowed:  # else the machine took a second for it
        await asyncio.sleep(refused.retry_after + 0.1)
    assert (await limiter.hit("1/second", "me")).allowed
