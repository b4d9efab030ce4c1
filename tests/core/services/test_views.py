"""Views are counted in memory and written in batches, whatever the database does meanwhile."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from core.errors import Unavailable
from core.services import views as module
from core.services.views import Views

SOON = 5


class Book:
    """A ViewBook whose database may be away."""

    def __init__(self) -> None:
        self.seen, self.writes = {}, []
        self.away = False
        self.tries = 0

    async def add(self, seen) -> None:
        self.tries += 1
        await asyncio.sleep(0)
        if self.away:
            raise Unavailable("away", seconds=1)
        self.writes.append(dict(seen))
        for media_id, count in seen.items():
            self.seen[media_id] = self.seen.get(media_id, 0) + count

    async def read(self, media_ids):
        return {one: self.seen[one] for one in media_ids if one in self.seen}


class SharedVisits:
    """What processes share, which may be away, too."""

    def __init__(self) -> None:
        self.noted = {}
        self.away = False

    async def note(self, visits, within):
        if self.away:
            raise Unavailable("away", seconds=1)
        new = [time - self.noted.get(name, time - within) >= within for name, time in visits]
        self.noted |= {name: time for (name, time), first in zip(visits, new, strict=True) if first}
        return new


def image(name="a"):
    return SimpleNamespace(id=name)


@pytest.fixture(autouse=True)
def _often(monkeypatch):
    monkeypatch.setattr(module, "WRITE_EVERY", 0.02)
    monkeypatch.setattr(module, "AGAIN_MOST", 0.05)


@pytest.fixture
def book():
    return Book()


@pytest.fixture
def make(book, clock):
    return lambda visits=None: Views(book, visits, clock, ["secret"])


async def until(condition):
    async with asyncio.timeout(SOON):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_visitor_counts_once_an_hour(make, book, clock):
    views = make()
    for minutes in (0, 30, 29, 1, 59, 1):  # seen at 0:00, 1:00 and 2:00
        clock.step(minutes=minutes)
        views.note(image(), "one")
    views.note(image(), "two")
    views.note(image("b"), "one")
    await views.close()
    assert book.seen == {"a": 4, "b": 1}
    assert await views.of(["a", "c"]) == {"a": 4, "c": 0}
    assert await views.of([]) == {}


async def test_many_views_are_one_write(make, book):
    views = make()
    for number in range(500):
        views.note(image("a" if number % 2 else "b"), str(number))
    assert book.writes == []
    await until(lambda: book.writes)
    assert book.writes == [{"a": 250, "b": 250}]
    views.note(image(), "later")
    await until(lambda: len(book.writes) > 1)
    assert book.writes[1] == {"a": 1}


async def test_large_numbers_are_several_commits(make, book, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 10)
    views = make()
    for number in range(25):
        views.note(image(str(number)), "one")
    await views.close()
    assert [len(written) for written in book.writes] == [10, 10, 5]


async def test_when_nobody_looks_nothing_runs(make, book):
    views = make()
    before = asyncio.all_tasks()
    views.note(image(), "one")
    await until(lambda: book.writes)
    await until(lambda: asyncio.all_tasks() == before)


async def test_an_owners_look_counts_neither_now_nor_within_the_hour(make, book, clock):
    views = make()
    views.note(image(), "owner", counts=False)
    views.note(image(), "owner")
    views.note(image("b"), "owner")
    clock.step(hours=1)
    views.note(image(), "owner")
    await views.close()
    assert book.seen == {"a": 1, "b": 1}


async def test_while_the_database_is_away_views_wait(make, book):
    views = make()
    book.away = True
    views.note(image(), "one")
    await until(lambda: book.tries > 2)
    views.note(image(), "two")
    book.away = False
    await until(lambda: book.seen == {"a": 2})


async def test_no_more_images_wait_than_may(make, book, monkeypatch):
    monkeypatch.setattr(module, "WAITING_MAX", 2)
    views = make()
    book.away = True
    for name in ("a", "b", "c", "a"):
        tries = book.tries
        views.note(image(name), str(tries))
        await until(lambda tries=tries: book.tries > tries + 1)
    book.away = False
    await views.close()
    assert book.seen == {"a": 2, "b": 1}


async def test_an_end_without_the_database_is_quick_and_told(make, book, capsys):
    views = make()
    book.away = True
    views.note(image(), "one")
    async with asyncio.timeout(SOON):
        await views.close()
    assert book.seen == {}
    assert "views could not be written" in capsys.readouterr().out


async def test_the_end_waits_for_a_write_under_way(make, book):
    views = make()
    views.note(image(), "one")
    await until(lambda: book.tries)
    views.note(image(), "two")
    await views.close()
    assert book.seen == {"a": 2}


async def test_a_fault_does_not_end_the_counting(make, book, monkeypatch):
    views = make()
    add = book.add

    async def broken(seen):
        monkeypatch.setattr(book, "add", add)
        raise ZeroDivisionError

    monkeypatch.setattr(book, "add", broken)
    views.note(image(), "one")
    await until(lambda: book.seen == {"a": 1})


async def test_of_very_many_visits_the_oldest_are_forgotten(make, book, monkeypatch):
    monkeypatch.setattr(module, "VISITS_MAX", 10)
    views = make()
    for number in range(8):
        views.note(image(), str(number))
        views.note(image(), str(number))
    for number in range(8, 18):
        views.note(image(), str(number))
    views.note(image(), "17")
    views.note(image(), "0")
    await views.close()
    assert book.seen == {"a": 19}
    assert len(views._visitors._new) + len(views._visitors._old) <= 10


async def test_processes_that_share_visits_count_a_visitor_once(make, book, clock):
    shared = SharedVisits()
    one, two, three = make(shared), make(shared), make(shared)
    one.note(image(), "192.0.2.1")
    await one.close()
    two.note(image(), "192.0.2.1")
    two.note(image(), "192.0.2.2")
    await two.close()
    assert book.seen == {"a": 2}
    clock.step(hours=1)
    three.note(image(), "192.0.2.1")
    await three.close()
    assert book.seen == {"a": 3}
    assert not any("192" in visit for visit in shared.noted)


async def test_without_what_is_shared_each_process_counts_for_itself(make, book):
    shared = SharedVisits()
    one, two = make(shared), make(shared)
    shared.away = True
    for views in (one, two):
        views.note(image(), "192.0.2.1")
        views.note(image(), "192.0.2.1")
        await views.close()
    assert book.seen == {"a": 2}
