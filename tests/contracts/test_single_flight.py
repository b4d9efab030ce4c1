"""What every SingleFlight must do. `flights` are those of two processes."""

from __future__ import annotations

import asyncio
import gc

import pytest

LEASE = 30
SOON = 30  # seconds for what happens at once on a machine that is not busy


async def held(flights, key="work", **options):
    """A task that holds a turn until it is cancelled; it holds it by now."""
    holding = asyncio.Event()

    async def hold():
        async with flights.turn(key, LEASE, **options):
            holding.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    async with asyncio.timeout(SOON):
        await holding.wait()
    return task


async def end(task):
    task.cancel()
    await asyncio.wait({task})


async def test_of_many_one_at_a_time_has_its_turn_and_each_has_one(flights):
    inside, most, turns = 0, 0, 0

    async def work(own):
        nonlocal inside, most, turns
        async with own.turn("work", LEASE):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.002)
            turns += 1
            inside -= 1

    async with asyncio.timeout(SOON):
        await asyncio.gather(*(work(own) for _ in range(20) for own in flights))
    assert (most, turns) == (1, 40)


async def test_work_that_was_done_meanwhile_is_found_done(flights):
    made = []

    async def make(own):
        async with own.turn("work", LEASE):
            if not made:
                await asyncio.sleep(0.05)
                made.append(own)

    async with asyncio.timeout(SOON):
        await asyncio.gather(*(make(own) for _ in range(10) for own in flights))
    assert len(made) == 1


@pytest.mark.parametrize("asker", [0, 1])
async def test_a_turn_is_waited_for_until_its_holder_ends(flights, asker):
    holder = await held(flights[0])
    waiter = asyncio.create_task(held(flights[asker]))
    await asyncio.sleep(0.2)
    assert not waiter.done()
    await end(holder)
    await end(await waiter)


@pytest.mark.parametrize("asker", [0, 1])
async def test_other_work_does_not_wait(flights, asker):
    holder = await held(flights[0], "one")
    await end(await held(flights[asker], "other"))
    await end(holder)


@pytest.mark.parametrize("asker", [0, 1])
async def test_a_failure_is_told_and_gives_the_turn_away(flights, asker):
    with pytest.raises(ValueError, match="mine"):
        async with flights[0].turn("work", LEASE):
            raise ValueError("mine")
    await end(await held(flights[asker]))


@pytest.mark.parametrize("asker", [0, 1])
async def test_who_gives_up_waiting_stands_in_nobodys_way(flights, asker):
    holder = await held(flights[0])
    for patience in (0, 0.001, 0.05):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(patience), flights[asker].turn("work", LEASE):
                raise AssertionError("it is held")
    await end(holder)
    for own in flights:
        await end(await held(own))


async def test_a_process_that_always_asks_does_not_keep_the_turn_to_itself(flights):
    greedy, patient = flights
    turns = 0

    async def ask_for_ever():
        nonlocal turns
        while True:
            async with greedy.turn("work", LEASE):
                turns += 1
                await asyncio.sleep(0.02)

    busy = [asyncio.create_task(ask_for_ever()) for _ in range(5)]
    for _ in range(4):
        before = turns
        while turns == before:
            await asyncio.sleep(0.001)
        await end(await held(patient))
        assert turns - before < 10
    await asyncio.gather(*map(end, busy))


async def test_work_that_lasts_is_not_done_again_by_anybody(flights):
    async with flights[0].turn("work", LEASE, lasts=60) as due:
        assert due
    for number, own in enumerate(flights):
        for _ in range(2):
            async with own.turn("work", LEASE, lasts=60) as due:
                assert not due
        async with own.turn("work", LEASE) as due:
            assert due, "this one did not ask whether it lasts"
        async with own.turn(f"other work {number}", LEASE, lasts=60) as due:
            assert due


async def test_work_that_lasted_is_done_again(flights):
    async with flights[0].turn("work", LEASE, lasts=0.2) as due:
        assert due
    await asyncio.sleep(0.3)
    async with flights[1].turn("work", LEASE, lasts=0.2) as due:
        assert due


async def test_work_that_failed_is_still_to_be_done(flights):
    with pytest.raises(ValueError, match="failed"):
        async with flights[0].turn("work", LEASE, lasts=60):
            raise ValueError("failed")
    await end(await held(flights[0], lasts=60))  # cancelled
    async with flights[1].turn("work", LEASE, lasts=60) as due:
        assert due


async def test_nothing_is_kept_of_keys_that_nobody_asks_for(flights):
    async def count_locks():
        await asyncio.sleep(0.01)
        gc.collect()
        return sum(isinstance(one, asyncio.Lock) for one in gc.get_objects())

    async with flights[0].turn("first", LEASE):
        pass
    before = await count_locks()
    for number in range(50):
        async with flights[0].turn(f"key {number}", LEASE):
            pass
    assert await count_locks() <= before + 5
