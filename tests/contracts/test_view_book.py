"""What every keeper of views must do."""

from __future__ import annotations

import asyncio

import pytest
from rows import NOW, later, new_media
from sqlalchemy import func, select

from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.tables import ViewsRow
from core.adapters.db.views import SqlViewBook


@pytest.fixture
def books(databases):
    return [SqlViewBook(database) for database in databases]


@pytest.fixture
def catalog(databases):
    return SqlCatalog(databases[0], later(minutes=3) - NOW)


async def hosted(catalog, count=1):
    found = [await catalog.reserve(new_media(), None) for _ in range(count)]
    for media in found:
        await catalog.publish(media, NOW)
    return [media.id for media in found]


async def test_views_add_up(books, catalog):
    one, two, three = await hosted(catalog, 3)
    await books[0].add({one: 1, two: 5})
    await books[1].add({one: 2})
    assert await books[0].read([one, two, three, "2222222222"]) == {one: 3, two: 5}
    assert await books[0].read([]) == {}


async def test_nothing_is_kept_of_what_is_no_image_any_more(books, catalog, databases):
    one, two = await hosted(catalog, 2)
    await books[0].add({one: 1, two: 1})
    await catalog.remove([one], None, "deleted", NOW)
    await books[0].add({one: 4, two: 1, "2222222222": 9})
    await books[0].add({one: 4})
    assert await books[0].read([one, two, "2222222222"]) == {two: 2}
    async with databases[0].read() as session:
        assert (await session.execute(select(func.count()).select_from(ViewsRow))).scalar() == 1


async def test_processes_that_count_the_same_images_lose_nothing_and_never_lock_up(books, catalog):
    ids = await hosted(catalog, 8)
    forth, back = dict.fromkeys(ids, 1), dict.fromkeys(reversed(ids), 1)
    await asyncio.gather(*(book.add(seen) for book in books for seen in [forth, back] * 5))
    assert await books[0].read(ids) == dict.fromkeys(ids, 20)


async def test_counting_what_is_being_removed_neither_fails_nor_stays(books, catalog, databases):
    for _ in range(5):
        ids = await hosted(catalog, 6)
        await asyncio.gather(
            *(book.add(dict.fromkeys(ids, 1)) for book in books),
            *(catalog.remove([one], None, "deleted", NOW) for one in reversed(ids)),
            *(book.add(dict.fromkeys(ids, 1)) for book in books),
        )
    async with databases[0].read() as session:
        assert (await session.execute(select(func.count()).select_from(ViewsRow))).scalar() == 0


async def test_a_large_batch_is_one_step(books, catalog):
    (one,) = await hosted(catalog)
    unknown = {f"x{number:09}": 1 for number in range(999)}
    await books[0].add({**unknown, one: 1})
    assert await books[0].read([one, *unknown]) == {one: 1}
