"""What every Changes must tell, and the catalog that trusts it: nothing stale is given out."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from rows import NOW, new_media, plan
from sqlalchemy import text

from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.hot_rows import HotCatalog
from core.adapters.db.views import SqlViewBook
from core.model import Media, MediaPatch, Tombstone

LIFE = timedelta(minutes=3)
SOON = 30  # seconds, within which a change must have been told


class Notes:
    """A listener that writes down what it is to forget."""

    def __init__(self):
        self.forgotten = []

    def forget(self, media_ids):
        self.forgotten.append(None if media_ids is None else set(media_ids))

    def heard_of(self, *media_ids):
        named = set().union(*(each for each in self.forgotten if each is not None))
        return None in self.forgotten or set(media_ids) <= named


class Reads:
    """Counts what one opening of the database asks."""

    def __init__(self, catalog, monkeypatch):
        self.count = 0
        find = SqlCatalog.find

        async def counted(self_, media_id):
            self.count += self_ is catalog
            return await find(self_, media_id)

        monkeypatch.setattr(SqlCatalog, "find", counted)


async def until(condition):
    async with asyncio.timeout(SOON):
        while not condition():
            await asyncio.sleep(0.005)


@pytest.fixture
async def changes(databases):
    """The second opening's channel, open."""
    found = databases[1].changes
    await until(found.current)
    return found


@pytest.fixture
async def notes(changes):
    listener = Notes()
    changes.tell(listener)
    changes.current()
    listener.forgotten.clear()
    return listener


@pytest.fixture
def catalog(databases):
    """Another process's."""
    return SqlCatalog(databases[0], LIFE)


@pytest.fixture
async def hot(databases, changes):
    found = HotCatalog(databases[1], LIFE, most=3)
    changes.current()
    return found


@pytest.fixture
async def team(databases):
    _, made = await SqlDirectory(databases[0]).enrol("somebody@example.org", None, NOW)
    return made


async def hosted(catalog, team):
    media = await catalog.reserve(new_media(team=team), plan())
    await catalog.publish(media, NOW)
    return media


async def heard(changes, notes, *media_ids):
    await until(lambda: changes.current() and notes.heard_of(*media_ids))


async def test_nothing_is_told_while_nothing_changes(changes, notes):
    for _ in range(20):
        assert changes.current()
        await asyncio.sleep(0.005)
    assert notes.forgotten == []


async def test_a_change_by_another_process_is_told(catalog, changes, notes, team):
    media = await hosted(catalog, team)
    for change in (
        catalog.update(team.id, [media.id], MediaPatch(public=False), NOW),
        catalog.remove([media.id], team.id, "deleted", NOW),
    ):
        changes.current()
        notes.forgotten.clear()
        await change
        await heard(changes, notes, media.id)


async def test_a_change_by_hand_is_told(databases, catalog, changes, notes, team):
    many = [await hosted(catalog, team) for _ in range(3)]
    changes.current()
    notes.forgotten.clear()
    async with databases[0].write() as session:
        await session.execute(text("UPDATE media SET public = false"))
    await heard(changes, notes, *(media.id for media in many))


async def test_what_was_asked_for_twice_is_read_once(catalog, hot, team, monkeypatch):
    reads = Reads(hot, monkeypatch)
    media = await hosted(catalog, team)
    await until(hot._changes.current)
    await asyncio.sleep(0.1)  # the news of its publishing has come
    first = await hot.find(media.id)
    assert await hot.find(media.id) is first
    assert reads.count == 1


async def test_what_another_process_changes_is_seen(catalog, hot, team):
    media = await hosted(catalog, team)
    for number in range(20):
        await hot.find(media.id)
        patch = MediaPatch(caption=str(number), public=bool(number % 2))
        await catalog.update(team.id, [media.id], patch, NOW)
        async with asyncio.timeout(SOON):
            while (await hot.find(media.id)).caption != str(number):
                await asyncio.sleep(0)
    await catalog.remove([media.id], team.id, "deleted", NOW)
    async with asyncio.timeout(SOON):
        while isinstance(await hot.find(media.id), Media):
            await asyncio.sleep(0)


async def test_what_the_same_process_changes_is_seen_at_once(hot, team):
    media = await hosted(hot, team)
    for number in range(20):
        await hot.find(media.id)
        await hot.update(team.id, [media.id], MediaPatch(caption=str(number)), NOW)
        assert (await hot.find(media.id)).caption == str(number)
    await hot.remove([media.id], team.id, "deleted", NOW)
    assert isinstance(await hot.find(media.id), Tombstone)


async def test_an_image_that_is_over_its_time_is_seen_to_be_gone_at_once(hot, team):
    ends = NOW + timedelta(minutes=5)
    media = await hot.reserve(new_media(team=team, expires_at=ends), plan())
    await hot.publish(media, NOW)
    await hot.find(media.id)
    await hot.expire(media.id, ends)
    assert isinstance(await hot.find(media.id), Tombstone)


async def test_what_is_not_there_yet_is_seen_when_it_comes(catalog, hot, team):
    media = await catalog.reserve(new_media(team=team), plan())
    assert await hot.find(media.id) is None
    await catalog.publish(media, NOW)
    assert await hot.find(media.id)


async def test_a_row_read_before_a_change_is_not_kept_after_it(
    catalog, hot, changes, notes, team, monkeypatch
):
    media = await hosted(catalog, team)
    find = SqlCatalog.find

    async def slow(self, media_id):
        found = await find(self, media_id)
        notes.forgotten.clear()
        await catalog.update(team.id, [media_id], MediaPatch(caption="new"), NOW)
        await heard(changes, notes, media_id)
        return found  # old by now

    with monkeypatch.context() as patched:
        patched.setattr(SqlCatalog, "find", slow)
        assert (await hot.find(media.id)).caption is None
    assert (await hot.find(media.id)).caption == "new"


async def test_no_more_rows_are_kept_than_may_be(catalog, hot, team, monkeypatch):
    made = [await hosted(catalog, team) for _ in range(5)]
    await asyncio.sleep(0.1)
    reads = Reads(hot, monkeypatch)
    for media in [*made, made[-1], made[0]]:
        await hot.find(media.id)
    assert reads.count == 6
    assert len(hot._rows) == 3


async def test_racing_changes_leave_nothing_stale(databases, catalog, hot, team):
    """Readers hammer while writers write; in the end what is kept is what is true."""
    made = [await hosted(catalog, team) for _ in range(3)]
    busy = True

    async def read():
        while busy:
            for media in made:
                await hot.find(media.id)
            await asyncio.sleep(0)

    readers = [asyncio.create_task(read()) for _ in range(4)]
    for number in range(30):
        for media in made:
            await catalog.update(team.id, [media.id], MediaPatch(caption=str(number)), NOW)
    await asyncio.sleep(0.1)
    busy = False
    await asyncio.gather(*readers)
    assert {(await hot.find(media.id)).caption for media in made} == {"29"}


async def test_views_uploads_and_keys_make_nobody_forget(
    databases, catalog, hot, changes, notes, team
):
    """What is written every few seconds must not cost what is kept of images."""
    media = await hosted(catalog, team)
    await asyncio.sleep(0.1)
    kept = await hot.find(media.id)
    changes.current()
    notes.forgotten.clear()
    await SqlViewBook(databases[0]).add({media.id: 3})
    await hosted(catalog, team)
    await SqlDirectory(databases[0]).enrol("another@example.org", None, NOW)
    await asyncio.sleep(0.1)
    assert changes.current()
    assert notes.forgotten == []
    assert await hot.find(media.id) is kept
    await catalog.update(team.id, [media.id], MediaPatch(caption="new"), NOW)
    await heard(changes, notes, media.id)
