"""The two doors of SQLite, and what its failures become."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import threading
from contextlib import closing

import pytest
from sqlalchemy import text

from core.adapters.db.engine import open_database
from core.errors import StorageFull, Unavailable


@pytest.fixture
async def database(tmp_path):
    opened = open_database(f"sqlite+aiosqlite:///{tmp_path}/pixferry.db", pool=4)
    async with opened.write() as session:
        await session.execute(text("CREATE TABLE numbers (n INTEGER)"))
    yield opened
    await opened.close()


async def numbers(database):
    async with database.read() as session:
        return sorted((await session.execute(text("SELECT n FROM numbers"))).scalars())


async def add(database, number, patience=5.0):
    async with database.write(patience) as session:
        await session.execute(text("INSERT INTO numbers VALUES (:n)"), {"n": number})


async def test_a_block_is_one_commit(database):
    async with database.write() as session:
        await session.execute(text("INSERT INTO numbers VALUES (1)"))
        assert await numbers(database) == []
    assert await numbers(database) == [1]


async def test_a_block_that_raises_leaves_nothing(database):
    with pytest.raises(ZeroDivisionError):
        async with database.write() as session:
            await session.execute(text("INSERT INTO numbers VALUES (1)"))
            raise ZeroDivisionError
    assert await numbers(database) == []
    await add(database, 2)
    assert await numbers(database) == [2]


async def test_a_cancelled_block_leaves_nothing_and_holds_nothing(database):
    for number in range(20):
        writing = asyncio.create_task(add(database, number))
        for _ in range(number % 7):
            await asyncio.sleep(0)
        writing.cancel()
        await asyncio.wait({writing})
        if not writing.cancelled():
            await writing
    await add(database, 100)
    assert 100 in await numbers(database)


async def test_who_is_cancelled_at_any_moment_keeps_nobody_from_writing(database):
    """Not even while something still knows of the failure, and with it of the statement."""
    await add(database, 0)

    async def write():
        while True:
            async with database.write() as session:
                change = "UPDATE numbers SET n = n + 1 RETURNING n"
                await session.execute(text(change))

    gc.disable()  # which would hide it
    try:
        for number in range(80):
            writing = asyncio.create_task(write())
            await asyncio.sleep(number / 20_000)
            writing.cancel()
            await asyncio.wait({writing})
            async with database.write(patience=1) as session:
                await session.execute(text("DELETE FROM numbers WHERE n < 0"))
    finally:
        gc.enable()


async def test_many_writers_of_two_openings_all_get_their_turn(database, tmp_path):
    other = open_database(f"sqlite+aiosqlite:///{tmp_path}/pixferry.db", pool=4)
    await asyncio.gather(*(add(each, n) for n in range(40) for each in (database, other)))
    assert await numbers(database) == sorted([*range(40)] * 2)
    await other.close()


async def test_who_waits_in_line_waits_no_longer_than_who_is_first(database, tmp_path):
    with closing(sqlite3.connect(tmp_path / "pixferry.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = asyncio.get_running_loop().time()
        failures = await asyncio.gather(
            *(add(database, n, patience=0.5) for n in range(8)), return_exceptions=True
        )
        seconds = asyncio.get_running_loop().time() - began
    assert [type(each) for each in failures] == [Unavailable] * 8
    assert seconds < 8 * 0.5  # one after the other they would take that
    await add(database, 1)
    assert await numbers(database) == [1]


async def test_readers_do_not_wait_for_writers(database):
    async with database.write() as session:
        await session.execute(text("INSERT INTO numbers VALUES (1)"))
        assert await asyncio.gather(*(numbers(database) for _ in range(10))) == [[]] * 10


async def test_foreign_keys_hold_and_commits_are_synchronous(database):
    async with database.write() as session:
        for pragma, value in (("foreign_keys", 1), ("synchronous", 2), ("journal_mode", "wal")):
            assert (await session.execute(text(f"PRAGMA {pragma}"))).scalar() == value


async def test_a_database_out_of_reach(tmp_path, caplog):
    database = open_database(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder/pixferry.db", pool=4)
    with pytest.raises(Unavailable) as caught:
        await numbers(database)
    assert str(tmp_path) not in caught.value.public
    assert caught.value.data["seconds"] > 0
    assert "unable to open" in caplog.text
    await database.close()
    async with asyncio.timeout(30):  # the driver's thread ends a moment later
        while any("_connection_worker" in each.name for each in threading.enumerate()):
            await asyncio.sleep(0.01)


async def test_a_failure_is_logged_without_the_values_of_the_statement(database, caplog):
    with pytest.raises(Unavailable):
        async with database.write() as session:
            await session.execute(text("INSERT INTO nowhere VALUES (:n)"), {"n": "a secret"})
    assert "no such table" in caplog.text
    assert "a secret" not in caplog.text


async def test_a_full_database_is_told_apart(database):
    with pytest.raises(StorageFull):
        async with database.write() as session:
            await session.execute(text("PRAGMA max_page_count = 1"))
            for _ in range(100):
                await session.execute(
                    text("INSERT INTO numbers SELECT value FROM json_each(:many)"),
                    {"many": str(list(range(1_000)))},
                )
    assert await numbers(database) == []


@pytest.mark.parametrize("sql", ["SELECT lower('ÄÖÜ ŞİX')"])
async def test_lower_knows_every_script(database, sql):
    async with database.read() as session:
        assert (await session.execute(text(sql))).scalar() == "ÄÖÜ ŞİX".lower()
