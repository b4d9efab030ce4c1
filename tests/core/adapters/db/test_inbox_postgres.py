"""What SQLite's one write lock gives bundles, locks in PostgreSQL do: none is ever torn.

Each test stops a process amid its transaction, at an id that somebody else is just adding.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from backings import new_database
from sqlalchemy import text

from core.adapters.db.engine import open_database
from core.adapters.db.inbox import SqlInbox
from core.chats import Told
from core.services.inbox import LEASE, QUIET, Inbox

BOT = "telegram:7:"
STOP = Told(f"{BOT}9", {})
ADD = "INSERT INTO inbox (id, taken, created_at) VALUES (:id, 0, now())"
HOLD = "SELECT id FROM inbox WHERE id = :id FOR UPDATE"
WAITING = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def piece(number):
    return Told(f"{BOT}{number}", {}, "album")


@pytest.fixture
async def database(postgres):
    opened = open_database(new_database(postgres), 8)
    yield opened
    await opened.close()


@pytest.fixture
def inboxes(database, clock):
    return [Inbox(SqlInbox(database), clock) for _ in range(2)]


async def waiting(database, count):
    async with asyncio.timeout(20), database.read() as session:
        while (await session.execute(text(WAITING))).scalar() != count:
            await asyncio.sleep(0.01)


@asynccontextmanager
async def stopped(database, work, statement, told):
    """Meanwhile that work waits for a row; then it goes on, and is done at the end."""
    async with database.write() as session:
        await session.execute(text(statement), {"id": told.id})
        task = asyncio.create_task(work)
        await waiting(database, 1)
        yield
        await session.rollback()
    await task


async def test_two_first_pieces_know_of_each_other(database, inboxes, clock):
    one, other = inboxes
    async with stopped(database, one.put([piece(1), STOP]), ADD, STOP):
        clock.step(seconds=1)
        second = asyncio.create_task(other.put([piece(2)]))
        await waiting(database, 2)
    await second
    clock.time += QUIET - timedelta(seconds=1)
    assert await one.take(BOT, 9) == [], "the second piece has come a moment ago"
    clock.step(seconds=1)
    assert await one.take(BOT, 9) == [[piece(1), piece(2)]]


async def test_who_takes_waits_for_a_piece_that_is_being_added(database, inboxes, clock):
    one, other = inboxes
    await one.put([piece(1), piece(2)])
    clock.step(seconds=1)
    async with stopped(database, one.put([piece(3), STOP]), ADD, STOP):
        clock.time += QUIET
        taking = asyncio.create_task(other.take(BOT, 9))
        await waiting(database, 2)
    assert await taking == [[piece(1), piece(2), piece(3)]], "the quiet is over for all"


async def test_who_takes_leaves_what_just_got_another_piece(database, inboxes, clock):
    one, other = inboxes
    await one.put([piece(1), piece(2)])
    clock.step(seconds=1)
    async with stopped(database, one.put([piece(3), STOP]), ADD, STOP):
        clock.time += QUIET - timedelta(seconds=1)
        taking = asyncio.create_task(other.take(BOT, 9))
        await waiting(database, 2)
    assert await taking == []
    clock.step(seconds=1)
    assert await other.take(BOT, 9) == [[piece(1), piece(2), piece(3)]]


async def test_a_lease_that_is_just_being_renewed_stays_whole(database, inboxes, clock):
    one, other = inboxes
    for number in (3, 2, 1):  # as the rows lie, so that their order is not that of the locks
        await one.put([piece(number)])
    clock.time += QUIET
    await one.take(BOT, 9)
    clock.time += LEASE
    async with stopped(database, one.renew(), HOLD, piece(2)):
        taking = asyncio.create_task(other.take(BOT, 9))
        await waiting(database, 2)
    assert await taking == []
    clock.time += LEASE
    assert await other.take(BOT, 9) == [[piece(1), piece(2), piece(3)]]


async def test_single_things_wait_for_nobody(database, inboxes, clock):
    one, other = inboxes
    alone = [Told(f"{BOT}{number}", {}) for number in (1, 2, 3)]
    await one.put(alone)
    clock.time += LEASE
    async with database.write() as session:
        await session.execute(text(HOLD), {"id": alone[1].id})
        assert await other.take(BOT, 9) == [[alone[0]], [alone[2]]]
