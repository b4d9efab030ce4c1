"""The doors of PostgreSQL: one bound over everything, and recovery without a restart."""

from __future__ import annotations

import asyncio
import time

import pytest
from services.postgres import query
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core.adapters.db.engine import open_database
from core.errors import StorageFull, Unavailable

POOL = 4
PATIENCE = 20.0
"""Seconds within which every door must answer: 5 and what a busy machine adds."""


@pytest.fixture
async def database(postgres):
    opened = open_database(postgres.new_database(), POOL)
    yield opened
    await opened.close()


@pytest.fixture
async def url(own_postgres):
    return own_postgres.new_database()


@pytest.fixture
async def fragile(url):
    """A database whose server the test may harm."""
    opened = open_database(url, POOL)
    await ask(opened)
    yield opened
    await opened.close()


async def ask(database, sql="SELECT 1"):
    async with database.read() as session:
        return (await session.execute(text(sql))).scalar()


async def order(database, sql="SELECT 1", **patience):
    async with database.write(**patience) as session:
        result = await session.execute(text(sql))
        return result.scalar() if result.returns_rows else None


async def ask_in_a_block(database, freeze):
    async with database.write() as session:
        await session.execute(text("SELECT 1"))
        freeze()
        await session.execute(text("SELECT 2"))


async def commit(database, freeze):
    async with database.write() as session:
        await session.execute(text("SELECT 1"))
        freeze()


async def roll_back(database, freeze):
    async with database.write() as session:
        await session.execute(text("SELECT 1"))
        freeze()
        raise ZeroDivisionError


async def fill_the_pool(database):
    await asyncio.gather(*(ask(database, "SELECT pg_sleep(0.1)") for _ in range(POOL)))


async def recovered(database, *, within=30):
    """Wait until it answers again."""
    async with asyncio.timeout(within):
        while True:
            try:
                return await ask(database)
            except Unavailable:
                await asyncio.sleep(0.05)


# Doors


async def test_a_block_is_one_commit(database):
    async with database.write() as session:
        await session.execute(text("CREATE TABLE numbers (n integer)"))
        await session.execute(text("INSERT INTO numbers VALUES (1)"))
        assert await ask(database, "SELECT to_regclass('numbers')") is None
    assert await ask(database, "SELECT n FROM numbers") == 1


async def test_a_block_that_raises_leaves_nothing(database):
    await order(database, "CREATE TABLE numbers (n integer)")
    with pytest.raises(ZeroDivisionError):
        async with database.write() as session:
            await session.execute(text("INSERT INTO numbers VALUES (1)"))
            raise ZeroDivisionError
    assert await ask(database, "SELECT count(*) FROM numbers") == 0


async def test_a_cancelled_block_leaves_nothing_and_holds_nothing(database):
    await order(database, "CREATE TABLE numbers (n integer)")
    for number in range(30):
        writing = asyncio.create_task(order(database, f"INSERT INTO numbers VALUES ({number})"))
        for _ in range(number):
            await asyncio.sleep(0)
        writing.cancel()
        await asyncio.wait({writing})
        if not writing.cancelled():
            await writing
    await asyncio.gather(*(order(database, "INSERT INTO numbers VALUES (-1)") for _ in range(9)))
    assert await ask(database, "SELECT count(*) FROM numbers WHERE n = -1") == 9
    open_ = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()"
    assert await ask(database, open_) == 0


async def test_each_statement_sees_the_last_commit(database):
    await order(database, "CREATE TABLE numbers AS SELECT 1 AS n")
    async with database.write() as session:
        assert (await session.execute(text("SELECT n FROM numbers"))).scalar() == 1
        await order(database, "UPDATE numbers SET n = 2")
        assert (await session.execute(text("SELECT n FROM numbers"))).scalar() == 2


async def test_one_process_opens_no_more_connections_than_it_may(database):
    mine = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'pixferry'"
    )
    database.changes.current()
    counted = await asyncio.gather(
        *(ask(database, f"SELECT ({mine}) FROM pg_sleep(0.02)") for _ in range(40))
    )
    assert max(counted) <= POOL


async def test_the_server_ends_what_a_frozen_process_would_hold(database):
    for setting in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        assert await ask(database, f"SELECT setting::int FROM pg_settings WHERE name = '{setting}'")


async def test_what_the_tables_allow_once_is_the_callers_to_judge(database):
    await order(database, "CREATE TABLE numbers (n integer UNIQUE)")
    await order(database, "INSERT INTO numbers VALUES (1)")
    with pytest.raises(IntegrityError):
        await order(database, "INSERT INTO numbers VALUES (1)")


async def test_a_value_that_no_column_holds_is_a_fault_of_ours_told_without_the_value(database):
    with pytest.raises(DBAPIError) as caught:
        async with database.write() as session:
            await session.execute(text("SELECT CAST(:text AS text)"), {"text": "secret\0"})
    assert "secret" not in str(caught.value)


async def test_who_waits_for_a_lock_waits_as_long_as_it_may_and_keeps_its_connection(database):
    await order(database, "CREATE TABLE numbers AS SELECT 1 AS n")
    pid = await ask(database, "SELECT pg_backend_pid()")
    async with database.write() as session:
        await session.execute(text("SELECT n FROM numbers FOR UPDATE"))
        with pytest.raises(Unavailable) as caught:
            await order(database, "SELECT n FROM numbers FOR UPDATE", patience=0.2)
        assert "too busy" in caught.value.reason
    pids = {await ask(database, "SELECT pg_backend_pid()") for _ in range(3)}
    assert pid in pids


async def test_a_deadlock_ends_with_one_going_on_and_one_told_to_come_back(database):
    await order(database, "CREATE TABLE numbers AS SELECT generate_series(1, 2) AS n")
    met = asyncio.Barrier(2)

    async def take(first, second):
        async with database.write() as session:
            await session.execute(text(f"SELECT n FROM numbers WHERE n = {first} FOR UPDATE"))
            await met.wait()
            await session.execute(text(f"SELECT n FROM numbers WHERE n = {second} FOR UPDATE"))
            return "done"

    ends = await asyncio.gather(take(1, 2), take(2, 1), return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["Unavailable", "str"]


async def test_a_full_disk_is_told_apart(database):
    raised = "DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$"
    with pytest.raises(StorageFull) as caught:
        await order(database, raised)
    assert "PIXFERRY_DATABASE_URL" in caught.value.reason


# Servers that hang, stop and die


async def test_with_the_server_frozen_every_door_answers_in_time(own_postgres, url, fragile):
    await fill_the_pool(fragile)
    unconnected = open_database(url, POOL)
    own_postgres.freeze()
    began = time.monotonic()
    asked = [ask(fragile) for _ in range(2 * POOL)] + [order(fragile) for _ in range(POOL)]
    ends = await asyncio.gather(
        *asked, ask(unconnected), order(unconnected), return_exceptions=True
    )
    assert {type(end) for end in ends} == {Unavailable}
    assert all("does not answer" in end.reason for end in ends)
    assert time.monotonic() - began < PATIENCE
    own_postgres.thaw()
    assert await recovered(fragile) == await recovered(unconnected) == 1
    await unconnected.close()


@pytest.mark.parametrize("act", [ask_in_a_block, commit, roll_back])
async def test_a_server_that_freezes_within_a_block(own_postgres, fragile, act):
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await act(fragile, own_postgres.freeze)
    assert time.monotonic() - began < PATIENCE
    own_postgres.thaw()
    await recovered(fragile)
    await asyncio.gather(*(order(fragile) for _ in range(3 * POOL)))


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_after_a_restart_no_request_fails_on_an_old_connection(own_postgres, fragile, end):
    await fill_the_pool(fragile)
    await asyncio.to_thread(getattr(own_postgres, end))
    for door in (ask, order):
        with pytest.raises(Unavailable):
            await door(fragile)
    own_postgres.start()
    assert await asyncio.gather(*(ask(fragile) for _ in range(3 * POOL))) == [1] * 3 * POOL


async def test_a_connection_that_the_server_ended_is_replaced_unseen(postgres, database):
    await fill_the_pool(database)
    name = await ask(database, "SELECT current_database()")
    query(
        postgres.url,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname='{name}'",
    )
    for _ in range(3):  # the news has come by then
        await asyncio.sleep(0.05)
    assert await asyncio.gather(*(order(database) for _ in range(2 * POOL))) == [1] * 2 * POOL


async def test_the_failure_in_the_middle_of_a_statement(postgres, database):
    with pytest.raises(Unavailable) as caught:
        await order(database, "SELECT pg_terminate_backend(pg_backend_pid())")
    assert caught.value.data["seconds"] > 0
    assert await ask(database) == 1
