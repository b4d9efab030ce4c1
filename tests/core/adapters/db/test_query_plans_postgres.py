"""How PostgreSQL finds what hot paths ask for in a large library: by an index."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from apart import run_apart
from services.postgres import query
from sqlalchemy import event
from sqlalchemy.engine import Engine

from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.engine import open_database
from core.adapters.db.gallery import SqlGallery
from core.adapters.db.migrate import migrate
from core.adapters.db.undertaker import SqlUndertaker
from core.model import MediaFilter, Position

NOW = datetime(2026, 5, 17, 12, 30, tzinfo=UTC)
LIFE = timedelta(minutes=3)

# 50,000 images of 20 teams, of which few have an end, are listed, unpublished, suspect or doomed.
FILL = """
INSERT INTO users (id, is_admin, created_at) VALUES (1, false, now());
INSERT INTO teams (id, name, plan, default_public, created_at)
    SELECT n, 'team', 'free', true, now() FROM generate_series(1, 20) n;
INSERT INTO blobs (id, sha256, size, created_at, stored_at, suspect_at, doomed_at)
    SELECT md5(n::text), repeat(md5(n::text), 2), 9, now(), now(),
        CASE WHEN n % 100 = 1 THEN now() END, CASE WHEN n % 100 = 2 THEN now() END
    FROM generate_series(1, 50000) n;
INSERT INTO albums (id, team_id, title, public, created_at)
    SELECT 'album' || n, 7, 'album', true, now() FROM generate_series(1, 100) n;
INSERT INTO media (id, team_id, user_id, blob_id, format, width, height, animated, filesize,
        attribution, public, nsfw, listed, external_id, album_id, created_at, published_at,
        expires_at)
    SELECT lpad(n::text, 10, 'a'), n % 20 + 1, 1, md5(n::text), 'jpeg', 1, 1, false, 9,
        '{}', true, false, n % 100 = 7, n::text, CASE WHEN n % 20 = 6 THEN 'album' || (n / 20 % 100 + 1) END,
        '2026-05-01'::timestamptz + n * interval '1 second',
        CASE WHEN n % 500 > 0 THEN now() END,
        CASE WHEN n % 100 = 0 THEN '2026-05-01'::timestamptz + n * interval '1 minute' END
    FROM generate_series(1, 50000) n;
INSERT INTO media_tags (media_id, tag, position)
    SELECT lpad(n::text, 10, 'a'), 'tag' || n % 7, 0 FROM generate_series(1, 50000) n;
"""


@pytest.fixture(scope="module")
def url(postgres):
    """A full database, about which the server has gathered its statistics."""
    made = postgres.new_database()

    async def make():
        database = open_database(made, 4)
        await migrate(database)
        await database.close()

    run_apart(make())
    for statement in FILL.split(";\n"):
        if statement.strip():
            query(made, statement)
    query(made, "ANALYZE")
    return made


@pytest.fixture
async def database(url):
    opened = open_database(url, 4)
    yield opened
    await opened.close()


async def plan(database, ask, about="FROM media") -> str:
    """The plan of the first statement `about` something that `ask` sends."""
    sent = []

    def note(connection, cursor, statement, parameters, context, executemany):
        sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await ask
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    statement, parameters = next(one for one in sent if about in one[0])
    async with database.read() as session:
        connection = await session.connection()
        rows = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        return json.dumps(rows.scalar())


def scanned(found: str) -> set[str]:
    """The indexes that a plan uses; `Seq Scan` if it reads a table from end to end."""
    names = set()

    def look(node):
        if isinstance(node, dict):
            if node.get("Node Type") == "Seq Scan":
                names.add("Seq Scan")
            if "Index Name" in node:
                names.add(node["Index Name"])
            node = list(node.values())
        if isinstance(node, list):
            for each in node:
                look(each)

    look(json.loads(found))
    return names


@pytest.fixture
def catalog(database):
    return SqlCatalog(database, LIFE)


@pytest.fixture
def undertaker(database):
    return SqlUndertaker(database)


@pytest.mark.parametrize("after", [None, Position(NOW - timedelta(days=16), "aaaaa25000")])
async def test_a_page_of_a_library_is_read_in_its_index_order(database, catalog, after):
    found = await plan(database, catalog.list_page(7, MediaFilter(), after, 50, NOW))
    assert "media_of_team" in scanned(found)
    assert "Seq Scan" not in scanned(found)
    assert '"Sort"' not in found


async def test_a_page_by_ids_looks_up_these_alone(database, catalog):
    chosen = MediaFilter(ids=("aaaaa25006", "aaaaa25026"))
    found = await plan(database, catalog.list_page(7, chosen, None, 50, NOW))
    assert "media_pkey" in scanned(found)
    assert "Seq Scan" not in scanned(found)


async def test_a_page_of_an_album_walks_the_album(database, catalog):
    chosen = MediaFilter(album_id="album7")
    found = await plan(database, catalog.list_page(7, chosen, None, 50, NOW))
    assert "media_of_album" in scanned(found)


@pytest.mark.parametrize("every", [False, True])
async def test_a_page_by_tags_looks_up_those_of_each_image(database, catalog, every):
    chosen = MediaFilter(tags=("tag1", "tag2"), every_tag=every)
    page = catalog.list_page(7, chosen, None, 50, NOW)
    found = await plan(database, page, about="FROM media JOIN")
    assert {"media_of_team", "media_tags_pkey"} <= scanned(found)
    assert "Seq Scan" not in scanned(found)


@pytest.mark.parametrize("every", [False, True])
async def test_a_page_by_a_rare_tag_begins_at_the_tag(database, catalog, every):
    chosen = MediaFilter(tags=("rare", "rarer"), every_tag=every)
    page = catalog.list_page(7, chosen, None, 50, NOW)
    found = await plan(database, page, about="FROM media JOIN")
    assert {"ix_media_tags_tag", "media_pkey"} <= scanned(found)
    assert "Seq Scan" not in scanned(found)


async def test_a_page_of_the_gallery_is_read_in_its_index_order(database):
    found = await plan(database, SqlGallery(database).page(20, 20, NOW))
    assert "media_gallery" in scanned(found)
    assert "Seq Scan" not in scanned(found)
    assert '"Sort"' not in found


async def test_an_image_is_found_by_its_id(database, catalog):
    found = await plan(database, catalog.find("aaaaa25006"))
    assert scanned(found) == {"media_pkey", "blobs_pkey"}


async def test_an_external_id_is_found_by_its_index(database, catalog):
    found = await plan(database, catalog.find_external(7, "25006", NOW))
    assert scanned(found) == {"media_external_id"}


async def test_a_sweep_looks_at_what_has_expired_alone(database, undertaker):
    before = datetime(2026, 5, 1, tzinfo=UTC)
    found = await plan(database, undertaker.bury_expired(before, 500))
    assert scanned(found) == {"media_expiry"}


async def test_a_sweep_looks_at_unpublished_reservations_alone(database, undertaker):
    before = datetime(2026, 5, 1, tzinfo=UTC)
    found = await plan(database, undertaker.clear_abandoned(before, NOW, 500))
    assert scanned(found) == {"media_unpublished"}


async def test_a_sweep_looks_at_suspects_alone(database, undertaker):
    found = await plan(database, undertaker.doom_blobs(NOW, 0), about="FROM blobs")
    assert scanned(found) == {"blobs_suspect"}


async def test_a_sweep_looks_at_the_doomed_alone(database, undertaker):
    found = await plan(database, undertaker.doomed_blobs(500), about="FROM blobs")
    assert scanned(found) == {"blobs_doomed"}


async def test_who_holds_a_blob_is_found_by_an_index(database, undertaker):
    found = await plan(database, undertaker.doom_blobs(NOW, 5), about="UNION")
    assert scanned(found) == {"ix_media_blob_id", "ix_media_sidecar_id"}
