"""The sweep that runs beside a server."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pictures
import pytest

from core.adapters.flights import MemoryFlights
from core.errors import Unavailable
from core.model import Swept
from core.services.sweeper import Sweeper

HOUR = timedelta(hours=1)


class Nothing:
    """A store and a catalog in which nothing is over; `fails` times it is out of reach."""

    failing_walks = ()

    kept = ()

    def __init__(self, error=None, fails=0):
        self.error, self.fails = error, fails
        self.sweeps = self.walks = 0

    async def bury_expired(self, _now, _limit):
        self.sweeps += 1
        if self.fails:
            self.fails -= 1
            raise self.error
        return 0

    async def clear_abandoned(self, _before, _now, _limit):
        return 0

    async def doom_blobs(self, _now, _limit):
        return 0

    async def doomed_blobs(self, _limit):
        return []

    async def forget_told(self, _before, _limit):
        return 0

    async def list_older(self, _before):
        self.walks += 1
        if self.walks in self.failing_walks:
            raise Unavailable
        yield []

    async def unknown_blobs(self, ids):
        return ids

    async def remove(self, _ids):
        pass

    async def trim(self):
        return 0

    async def list_blobs(self):
        for found in self.kept:
            yield found


def sweeper(nothing, clock, folder, flights=None):
    return Sweeper(
        nothing,
        nothing,
        nothing,
        clock,
        flights or MemoryFlights(),
        folder,
        reservation_life=HOUR,
        orphan_grace=HOUR,
    )


@pytest.mark.parametrize("error", [Unavailable(), RuntimeError("a fault of ours")])
async def test_it_goes_on_after_a_failure(clock, tmp_path, error):
    nothing = Nothing(error, fails=2)
    running = asyncio.create_task(sweeper(nothing, clock, tmp_path).run(0.001))
    async with asyncio.timeout(30):
        while nothing.sweeps < 4:
            await asyncio.sleep(0.001)
    assert not running.done()
    running.cancel()
    await asyncio.wait({running})


@asynccontextmanager
async def sweeping(*sweepers):
    """They run, as each process of a server does, for the length of a block."""
    tasks = [asyncio.create_task(each.run(0.001)) for each in sweepers]
    try:
        await asyncio.sleep(0.05)
        yield
        assert not any(task.done() for task in tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def until(condition):
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.001)


async def test_of_several_processes_one_walks_the_storage(clock, tmp_path):
    nothing, flights = Nothing(), MemoryFlights()
    left = [tmp_path / name / "left" for name in ("one machine", "another")]
    for folder in left:
        folder.mkdir(parents=True)
    sweepers = [sweeper(nothing, clock, folder.parent, flights) for folder in left]
    async with sweeping(*sweepers):
        assert nothing.walks == 0
        clock.time = datetime.now(UTC) + timedelta(hours=2)
        await until(lambda: not any(folder.exists() for folder in left))  # each its own
        await asyncio.sleep(0.1)
        assert nothing.walks == 1


async def test_a_walk_that_fails_is_made_again_and_holds_up_no_sweep(clock, tmp_path):
    nothing = Nothing()
    nothing.failing_walks = (1, 2)
    async with sweeping(sweeper(nothing, clock, tmp_path)):
        clock.step(hours=2)
        await until(lambda: nothing.walks == 3)
        sweeps = nothing.sweeps
        await until(lambda: nothing.sweeps > sweeps + 2)
        assert nothing.walks == 3


async def test_sweeps_go_on_while_another_process_walks(clock, tmp_path):
    nothing, flights = Nothing(), MemoryFlights()
    async with flights.turn("strays", 60), sweeping(sweeper(nothing, clock, tmp_path, flights)):
        clock.step(hours=2)
        sweeps = nothing.sweeps
        await until(lambda: nothing.sweeps > sweeps + 5)
        assert nothing.walks == 0


async def test_folders_of_dead_requests_are_removed_and_those_of_living_ones_are_not(
    clock, tmp_path
):
    clock.time = datetime.now(UTC)
    old, young = tmp_path / "old", tmp_path / "young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "received").write_bytes(b"x")
    past = (clock.now() - 2 * HOUR).timestamp()
    os.utime(old, (past, past))
    assert await sweeper(Nothing(), clock, tmp_path).sweep() == Swept()
    assert [path.name for path in tmp_path.iterdir()] == ["young"]


async def test_a_work_folder_that_never_was_is_fine(clock, tmp_path):
    await sweeper(Nothing(), clock, tmp_path / "none").sweep()


async def test_stray_files_are_removed_once_they_are_old(local, clock, tmp_path):
    clock.time = datetime.now(UTC)
    async with local({"clock": clock}) as server:
        _, _, made = await server.upload(pictures.jpeg())
        name = "ab" * 16
        stray = tmp_path / "data" / "blobs" / "ab" / "ab" / name
        stray.parent.mkdir(parents=True, exist_ok=True)
        stray.write_bytes(b"nobody's")
        assert (await server.core.sweeper.sweep()).strays == 0
        clock.step(hours=2)
        assert (await server.core.sweeper.sweep(strays=False)).strays == 0
        assert (await server.core.sweeper.sweep()).strays == 1
        assert not stray.exists()
        assert (await server.call("GET", f"/{made['id']}.jpeg"))[0] == 200


async def test_progress_is_told(local, clock):
    told = []
    async with local({"clock": clock}) as server:
        for seed in range(3):
            await server.upload(pictures.jpeg(seed=seed), ttl="5m")
        clock.step(minutes=6)
        swept = await server.core.sweeper.sweep(progress=told.append)
    assert told[-1] == swept == Swept(expired=3, blobs=3)
    assert told[0] == Swept(expired=3)


async def test_renditions_of_blobs_that_another_machine_removed_go(local, clock, tmp_path):
    clock.time = datetime.now(UTC)
    derived = tmp_path / "data" / "derived"
    async with local({"clock": clock}) as server:
        _, _, made = await server.upload(pictures.jpeg())
        assert (await server.call("GET", f"/{made['id']}.png"))[0] == 200
        kept = list(derived.rglob("*.png"))
        stray = derived / "ab" / ("ab" * 16) / "made.png"
        stray.parent.mkdir(parents=True)
        stray.write_bytes(b"nobody's")
        await server.core.sweeper.sweep()
        assert list(derived.rglob("*.png")) == kept
        assert not stray.parent.exists()
