"""On PostgreSQL, too, the database is brought to this version's tables: once, whole, by one."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
import sqlmodel
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from rows import NOW, new_media
from servers import ROOT, environment
from services.postgres import query

from core.adapters.db import tables
from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.engine import open_database
from core.adapters.db.migrate import FOLDER, REVISIONS, DatabaseNewer, migrate
from core.adapters.db.views import SqlViewBook
from core.errors import Unavailable

assert tables.MediaRow

NAMES = (
    "SELECT 'table', table_name FROM information_schema.tables WHERE table_schema = 'public' "
    "UNION ALL SELECT 'routine', routine_name FROM information_schema.routines "
    "WHERE routine_schema = 'public' ORDER BY 1, 2"
)
SHAPE = (
    "SELECT table_name, column_name, data_type, character_maximum_length, collation_name, "
    "is_nullable FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
)
TRIGGERS = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"


@pytest.fixture
def url(postgres):
    return postgres.new_database()


@pytest.fixture
async def database(url):
    opened = open_database(url, 4)
    yield opened
    await opened.close()


async def move(database, step, revision):
    """Go up or down to a revision."""

    def go(connection):
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        step(config, revision)

    async with database.migrating(60) as session:
        await (await session.connection()).run_sync(go)


def schema(url):
    return query(url, SHAPE), query(url, TRIGGERS)


async def test_migrations_from_nothing_make_the_tables(database):
    assert await migrate(database) == (None, REVISIONS[-1])

    def compare(connection):
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, sqlmodel.SQLModel.metadata)

    async with database.read() as session:
        assert await (await session.connection()).run_sync(compare) == []


async def test_columns_compare_as_the_tables_say(database, url):
    await migrate(database)
    made = {(table, name): collation for table, name, _, _, collation, _ in query(url, SHAPE)}
    for table in sqlmodel.SQLModel.metadata.sorted_tables:
        for column in table.columns:
            told = column.type.dialect_impl(database._writer.dialect)
            assert made[table.name, column.name] == getattr(told, "collation", None)


async def test_a_second_time_there_is_nothing_to_do(database):
    await migrate(database)
    assert await migrate(database) == (REVISIONS[-1], REVISIONS[-1])


@pytest.mark.parametrize("revision", REVISIONS[:-1])
async def test_from_each_earlier_revision_with_what_is_in_it(postgres, database, url, revision):
    await move(database, command.upgrade, revision)
    if revision < "0005":
        query(url, "ALTER TABLE media ALTER views SET DEFAULT 7")
    if revision < "0007":  # what today's catalog writes, taken away before the migrations see it
        query(url, "ALTER TABLE media ADD frames integer, ADD closings integer")
    catalog = SqlCatalog(database, None)
    media = await catalog.reserve(new_media(sidecar=b"GPS", caption="Grüße"), None)
    await catalog.publish(media, NOW)
    if revision < "0007":
        query(url, "ALTER TABLE media DROP frames, DROP closings")
    assert await migrate(database) == (revision, REVISIONS[-1])
    assert (await catalog.find(media.id)).caption == "Grüße"
    seen = {media.id: 7} if revision < "0005" else {}
    assert await SqlViewBook(database).read([media.id]) == seen
    fresh = postgres.new_database()
    new = open_database(fresh, 4)
    await migrate(new)
    await new.close()
    assert schema(url) == schema(fresh)


async def test_down_to_nothing_and_up_again(database, url):
    await migrate(database)
    before = schema(url)
    await move(database, command.downgrade, "base")
    assert query(url, NAMES) == [("table", "alembic_version")]
    assert await migrate(database) == (None, REVISIONS[-1])
    assert schema(url) == before


async def test_a_newer_database_is_left_alone(database, url):
    await migrate(database)
    query(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseNewer):
        await migrate(database)


async def test_a_migration_that_fails_leaves_nothing(database, url):
    query(url, "CREATE TABLE tombstones (id text)")  # somebody else's
    with pytest.raises(Unavailable) as caught:
        await migrate(database)
    assert "tombstones" in caught.value.reason
    assert query(url, NAMES) == [("table", "tombstones")]


async def test_a_migration_may_take_longer_than_a_request(database):
    async with database.migrating(60) as session:
        connection = await session.connection()
        await connection.exec_driver_sql("SELECT pg_sleep(5)")


async def test_a_start_with_nothing_to_do_waits_for_no_writer(database):
    await migrate(database)
    async with database.write() as session:
        connection = await session.connection()
        await connection.exec_driver_sql("LOCK TABLE media, blobs, users IN EXCLUSIVE MODE")
        assert await migrate(database) == (REVISIONS[-1], REVISIONS[-1])


def test_processes_that_start_at_once_migrate_once(tmp_path, url):
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "pixferry", "migrate"],
            env=environment(tmp_path / "data", 0) | {"PIXFERRY_DATABASE_URL": url},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    told = [process.communicate(timeout=60) for process in started]
    assert [process.returncode for process in started] == [0] * 4, told
    assert sum("from revision nothing to" in out for out, _ in told) == 1
    assert sum("already" in out for out, _ in told) == 3


async def test_ids_are_ordered_by_their_bytes_whatever_the_databases_language(postgres):
    query(
        postgres.url,
        "CREATE DATABASE german TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu "
        "ICU_LOCALE 'de-DE' LOCALE 'C.UTF-8'",
    )
    database = open_database(postgres.url_of("german"), 4)
    await migrate(database)
    query(
        postgres.url_of("german"),
        "INSERT INTO tombstones SELECT unnest($1::text[]), now(), '', true",
        ["a", "B", "b", "A", "1", "_"],
    )
    found = query(postgres.url_of("german"), "SELECT id FROM tombstones ORDER BY id")
    assert [one for (one,) in found] == ["1", "A", "B", "_", "a", "b"]
    words = query(postgres.url_of("german"), "SELECT x FROM unnest(ARRAY['a', 'B']) x ORDER BY x")
    assert [one for (one,) in words] == ["a", "B"]  # so the test means something
    await database.close()
    await asyncio.sleep(0)
