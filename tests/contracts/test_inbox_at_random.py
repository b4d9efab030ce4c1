"""Processes are told things, answer, die and leave in any order: nothing is lost or had by two."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from core.adapters.db.inbox import SqlInbox
from core.chats import Told
from core.services.inbox import LEASE, MOST, RENEW, Inbox

BOT = "telegram:7:"
GAP = 0.3
"""Seconds between pieces of an album, well below the quiet after which it is whole."""


def thing_of(told_id):
    """What a piece is of: the numbers of one thing differ in their last digit."""
    return told_id[:-1]


class Course:
    """What has happened: which ids are safe and answered, how often each was given, who has it."""

    def __init__(self, store, clock, seed):
        self.store, self.clock, self.random = store, clock, random.Random(seed)
        self.safe, self.answered, self.given = set(), set(), Counter()
        self.has = {Inbox(store, clock): set() for _ in range(3)}
        self.renewed = clock.now()

    def any(self):
        return self.random.choice(list(self.has))

    def note(self, inbox, told):
        assert not any(told.id in ids for ids in self.has.values()), "it has an owner"
        assert told.id not in self.answered
        self.has[inbox].add(told.id)
        self.given[told.id] += 1

    async def hear(self, number):
        """One process hears each piece of an album, or of several things alone, twice."""
        album = self.random.choice([None, f"{BOT}album {number}"])
        pieces = [Told(f"{BOT}{number}{n}", {}, album) for n in range(self.random.randint(1, 4))]
        for piece in self.random.sample(pieces, len(pieces)):
            inbox = self.any()
            for new in await inbox.put([piece, piece]):
                self.note(inbox, new)
            self.safe.add(piece.id)
            await self.look()
            await self.wait(self.random.choice([0, GAP]))

    async def look(self):
        inbox = self.any()
        for bundle in await inbox.take(BOT, self.random.randint(1, 4)):
            for told in bundle:
                self.note(inbox, told)
            ids, first = {told.id for told in bundle}, bundle[0]
            if first.bundle:
                album = {one for one in self.safe if thing_of(one) == thing_of(first.id)}
                assert ids == album, "it is whole"
            else:
                assert len(ids) == 1

    async def wait(self, seconds):
        self.clock.step(seconds=seconds)
        if self.clock.now() - self.renewed >= RENEW:
            self.renewed = self.clock.now()
            for inbox in self.has:
                await inbox.renew()

    async def answer(self, inbox):
        one = self.random.choice(sorted(self.has[inbox]))
        ids = {other for other in self.has[inbox] if thing_of(other) == thing_of(one)}
        await inbox.done(ids)
        self.answered |= ids
        self.has[inbox] -= ids

    async def leave(self, inbox):
        ids = self.has.pop(inbox)
        await inbox.release(ids)
        self.given.subtract(ids)
        self.has[Inbox(self.store, self.clock)] = set()

    def die(self, inbox):
        del self.has[inbox]
        self.has[Inbox(self.store, self.clock)] = set()


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_happens_all_is_given_and_to_one_at_a_time(databases, clock, seed):
    course = Course(SqlInbox(databases[0]), clock, seed)
    for number in range(100, 150):
        await course.hear(number)
        inbox, dice = course.any(), course.random.randrange(8)
        if dice == 0:
            await course.leave(inbox)
        elif dice == 1:
            course.die(inbox)
        elif course.has[inbox]:
            await course.answer(inbox)
        await course.wait(course.random.choice([0, 1, 2, 9, 19]))
        await course.look()
    for inbox in list(course.has):
        course.die(inbox)
    clock.time += LEASE
    last = course.any()
    while taken := await last.take(BOT, 50):
        for told in (told for bundle in taken for told in bundle):
            course.note(last, told)
    missing = course.safe - course.answered - course.has[last]
    assert {one for one in missing if course.given[one] < MOST} == set()
    assert len(course.answered) > 20
