"""How SQLite finds what hot paths ask for: by an index, whatever the library's size."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from core.adapters.db import listing
from core.adapters.db.albums import SqlAlbums
from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.engine import open_database
from core.adapters.db.gallery import SqlGallery
from core.adapters.db.inbox import SqlInbox
from core.adapters.db.migrate import migrate
from core.adapters.db.undertaker import SqlUndertaker
from core.chats import Lease
from core.model import MediaFilter, Position

NOW = datetime(2026, 5, 17, 12, 30, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path):
    opened = open_database(f"sqlite+aiosqlite:///{tmp_path}/pixferry.db", pool=4)
    await migrate(opened)
    yield opened
    await opened.close()


async def plan(database, ask, table="media") -> str:
    """The plan of the first statement on that table that `ask` sends."""
    sent = []

    def note(connection, cursor, statement, parameters, context, executemany):
        sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await ask
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    statement, parameters = next(one for one in sent if f"FROM {table}" in one[0])
    async with database.read() as session:
        connection = await session.connection()
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        return "\n".join(row[-1] for row in rows)


@pytest.mark.parametrize("after", [None, Position(NOW, "1234567891")])
async def test_a_page_of_a_library_is_read_in_its_index_order(database, after):
    found = await plan(
        database, SqlCatalog(database, None).list_page(7, MediaFilter(), after, 50, NOW)
    )
    assert "SEARCH media USING INDEX media_of_team" in found
    assert "TEMP B-TREE" not in found


async def test_a_page_by_ids_looks_up_these_alone(database):
    chosen = MediaFilter(ids=("1234567891", "1234567892"))
    found = await plan(database, SqlCatalog(database, None).list_page(7, chosen, None, 50, NOW))
    assert "SEARCH media USING INDEX sqlite_autoindex_media_1 (id=?)" in found


async def test_a_page_of_an_album_walks_the_album(database):
    chosen = MediaFilter(album_id="1234567891")
    found = await plan(database, SqlCatalog(database, None).list_page(7, chosen, None, 50, NOW))
    assert "SEARCH media USING INDEX media_of_album" in found


async def test_a_sweep_looks_at_what_has_expired_alone(database):
    found = await plan(database, SqlUndertaker(database).bury_expired(NOW, 500))
    assert "SEARCH media USING INDEX media_expiry" in found


async def test_a_sweep_looks_at_unpublished_reservations_alone(database):
    found = await plan(database, SqlUndertaker(database).clear_abandoned(NOW, NOW, 500))
    assert "media_unpublished" in found


async def test_an_image_is_found_by_its_id(database):
    found = await plan(database, SqlCatalog(database, None).find("1234567891"))
    assert "SEARCH media USING INDEX sqlite_autoindex_media_1 (id=?)" in found


async def test_nothing_of_this_depends_on_gathered_statistics(database):
    async with database.read() as session:
        tables = (await session.execute(text("SELECT name FROM sqlite_master"))).scalars().all()
    assert "sqlite_stat1" not in tables


@pytest.mark.parametrize("after", [None, Position(NOW, "1234567891")])
async def test_a_page_of_albums_is_read_in_its_index_order(database, after):
    albums = SqlAlbums(database, None)
    found = await plan(database, albums.list_page(7, after, 50, NOW), "albums")
    assert "SEARCH albums USING INDEX albums_of_team" in found
    assert "TEMP B-TREE" not in found


@pytest.mark.parametrize("after", [None, Position(NOW, "1234567891")])
async def test_a_page_of_an_albums_images_is_read_in_its_index_order(database, after):
    page = SqlAlbums(database, None).media_page("12345", after, 50, NOW, public_only=True)
    found = await plan(database, page)
    assert "SEARCH media USING INDEX media_of_album" in found
    assert "TEMP B-TREE" not in found


async def test_a_page_of_the_gallery_is_read_in_its_index_order(database):
    found = await plan(database, SqlGallery(database).page(20, 20, NOW))
    assert "media USING INDEX media_gallery" in found
    assert "TEMP B-TREE" not in found


@pytest.mark.parametrize("every", [False, True])
async def test_a_page_by_a_rare_tag_begins_at_the_tag(database, every):
    chosen = MediaFilter(tags=("sea", "sun"), every_tag=every)
    page = SqlCatalog(database, None).list_page(7, chosen, None, 50, NOW)
    found = await plan(database, page, "media JOIN")
    assert "SEARCH media USING INDEX sqlite_autoindex_media_1 (id=?)" in found
    assert "media_tags USING" in found


async def test_a_page_by_tags_looks_up_those_of_each_image(database, monkeypatch):
    monkeypatch.setattr(listing, "FEW", -1)
    chosen = MediaFilter(tags=("sea", "sun"))
    page = SqlCatalog(database, None).list_page(7, chosen, None, 50, NOW)
    found = await plan(database, page, "media JOIN")
    assert "SEARCH media USING INDEX media_of_team" in found
    assert "sqlite_autoindex_media_tags_1 (media_id=? AND tag=?)" in found
    assert "TEMP B-TREE" not in found


async def test_what_is_told_is_found_among_all_that_was_answered(database):
    inbox = SqlInbox(database)
    lease = Lease("me", NOW, NOW)
    found = await plan(database, inbox.next_due("telegram:7:", ["telegram:7:1"]), "inbox")
    assert "SEARCH inbox USING INDEX inbox_due (due_at>?)" in found
    found = await plan(database, inbox.take("telegram:7:", 9, [], lease, 3), "inbox")
    assert "SEARCH inbox USING INDEX inbox_due (due_at>? AND due_at<?)" in found
    found = await plan(database, SqlUndertaker(database).forget_told(NOW, 500), "inbox")
    assert "SEARCH inbox USING INDEX inbox_created (created_at<?)" in found
