"""An inbox while the database goes away and comes back, and through the sweeper."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.chats import Taken, Told
from core.errors import Unavailable
from core.services.inbox import LEASE, REMEMBERED, Inbox

BOT = "telegram:7:"
ONE = Told(f"{BOT}1", {"update_id": 1})


class Flaky:
    """A store that goes away before or after it has done what it was asked for, if it is told to.

    It has room for one thing that is alone.
    """

    def __init__(self):
        self.away = None
        self.told, self.lease, self.is_done = None, None, False

    def _step(self, moment):
        if self.away == moment:
            raise Unavailable

    async def put(self, told, lease, _quiet, _cap):
        self._step("before")
        new = [] if self.told else [one.id for one in told]
        if new:
            self.told, self.lease = told[0], lease
        self._step("after")
        return new

    async def take(self, _prefix, _limit, held, lease, _most):
        self._step("before")
        found = [] if await self._due(held) in {None, lease.until} else [[self.told]]
        self.lease = lease
        self._step("after")
        return Taken(found, [])

    async def next_due(self, _prefix, held):
        return await self._due(held)

    async def _due(self, held):
        self._step("before")
        free = self.told and not self.is_done and self.told.id not in held
        return self.lease.until if free else None

    async def done(self, _ids):
        self._step("before")
        self.is_done = True

    async def release(self, _ids, _owner, _now, *, tried):
        del tried
        self._step("before")

    async def renew(self, _ids, lease):
        self._step("before")
        self.lease = lease


@pytest.fixture
def store():
    return Flaky()


@pytest.fixture
def inbox(store, clock):
    return Inbox(store, clock)


async def test_what_was_written_though_nobody_learned_so_is_taken_later(inbox, store, clock):
    """The commit came through and its answer did not: it is ours, and we do not know."""
    store.away = "after"
    with pytest.raises(Unavailable):
        await inbox.put([ONE])
    store.away = None
    assert await inbox.put([ONE]) == []
    await inbox.renew()
    clock.time += LEASE
    store.away = "after"
    with pytest.raises(Unavailable):
        await inbox.take(BOT, 9)
    store.away = None
    assert await inbox.take(BOT, 9) == []
    clock.time += LEASE
    assert await inbox.take(BOT, 9) == [[ONE]]


async def test_what_was_not_written_is_told_to_who_told_it(inbox, store):
    store.away = "before"
    with pytest.raises(Unavailable):
        await inbox.put([ONE])
    with pytest.raises(Unavailable):
        await inbox.take(BOT, 9)
    store.away = None
    assert await inbox.put([ONE]) == [ONE]


@pytest.mark.parametrize("again", ["renew", "done"])
async def test_an_answer_that_could_not_be_noted_is_noted_later(inbox, store, clock, again):
    await inbox.put([ONE])
    store.away = "before"
    await inbox.done([ONE.id])
    await inbox.renew()
    store.away = None
    clock.time += LEASE
    assert await inbox.take(BOT, 9) == [], "it was answered"
    assert not store.is_done
    await (inbox.renew() if again == "renew" else inbox.done([]))
    assert store.is_done


async def test_what_could_not_be_released_is_free_when_the_lease_is_over(inbox, store, clock):
    await inbox.put([ONE])
    store.away = "before"
    await inbox.release([ONE.id])
    store.away = None
    await inbox.renew()
    clock.time += LEASE
    assert await Inbox(store, clock).take(BOT, 9) == [[ONE]]


async def test_leases_that_could_not_be_renewed_are_renewed_the_next_time(inbox, store, clock):
    await inbox.put([ONE])
    store.away = "before"
    await inbox.renew()
    store.away = None
    clock.time += LEASE - timedelta(seconds=1)
    await inbox.renew()
    assert store.lease.until == clock.now() + LEASE


async def test_the_sweeper_forgets_what_is_old_enough(local, clock):
    async with local({"clock": clock}) as server:
        inbox, sweeper = server.core.inbox, server.core.sweeper
        assert await inbox.put([ONE]) == [ONE]
        await inbox.done([ONE.id])
        clock.time += REMEMBERED
        await sweeper.sweep()
        assert await inbox.put([ONE]) == []
        clock.step(seconds=1)
        await sweeper.sweep()
        assert await inbox.put([ONE]) == [ONE]
