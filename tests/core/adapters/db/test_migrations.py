"""The database is brought to this version's tables: once, whole, and by one process."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager

import pytest
import sqlmodel
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from servers import ROOT, environment
from sqlalchemy import create_engine

from core.adapters.db import sqlite, tables
from core.adapters.db.engine import open_database
from core.adapters.db.migrate import FOLDER, REVISIONS, DatabaseNewer, migrate
from core.adapters.db.views import SqlViewBook
from core.errors import Unavailable

assert tables.MediaRow


@pytest.fixture
def path(tmp_path):
    return tmp_path / "pixferry.db"


@pytest.fixture
async def database(path):
    opened = open_database(f"sqlite+aiosqlite:///{path}", pool=4)
    yield opened
    await opened.close()


def schema(path) -> dict[str, str]:
    """Every table and index, as SQLite has written it down, without the ways of writing."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql NOT NULL AND name != 'alembic_version' "
            "AND type != 'trigger'"
        ).fetchall()
    return {name: plain(sql) for name, sql in found}


def plain(sql: str) -> str:
    head, _, rest = sql.partition("(")
    body, _, tail = rest.rpartition(")")
    parts = re.split(r",\s*(?![^(]*\))", body)
    words = [" ".join(part.split()).replace('"', "").upper() for part in parts]
    return f"{' '.join(head.split())}({', '.join(sorted(words))}){tail}".replace('"', "")


def move(path, step, revision):
    """Go up or down to a revision."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = connection
        step(config, revision)
    engine.dispose()


async def test_migrations_from_nothing_make_the_tables(database, path, tmp_path):
    assert await migrate(database) == (None, REVISIONS[-1])
    made = tmp_path / "made.db"
    engine = create_engine(f"sqlite:///{made}")
    sqlmodel.SQLModel.metadata.create_all(engine)
    engine.dispose()
    assert schema(path) == schema(made)


async def test_autogenerate_finds_nothing_to_do(database, path):
    await migrate(database)
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "render_as_batch": True}
        )
        assert compare_metadata(context, sqlmodel.SQLModel.metadata) == []
    engine.dispose()


async def test_a_second_time_there_is_nothing_to_do(database):
    await migrate(database)
    assert await migrate(database) == (REVISIONS[-1], REVISIONS[-1])


async def test_down_to_nothing_and_up_again(database, path):
    await migrate(database)
    before = schema(path)
    move(path, command.downgrade, "base")
    assert schema(path) == {}
    assert await migrate(database) == (None, REVISIONS[-1])
    assert schema(path) == before


async def test_views_move_to_their_own_table_and_back(database, path):
    move(path, command.upgrade, "0004")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(
            "INSERT INTO media (id, blob_id, format, width, height, animated, filesize, "
            "attribution, public, nsfw, listed, views, created_at, published_at) "
            "VALUES (?, 'x', 'jpeg', 1, 1, FALSE, 1, '{}', TRUE, FALSE, FALSE, ?, 0, 0)",
            [("1111111111", 7), ("2222222222", 0)],
        )
    assert await migrate(database) == ("0004", REVISIONS[-1])
    book = SqlViewBook(database)
    assert await book.read(["1111111111", "2222222222"]) == {"1111111111": 7}
    move(path, command.downgrade, "0004")
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT id, views FROM media ORDER BY id").fetchall()
    assert found == [("1111111111", 7), ("2222222222", 0)]


async def test_a_newer_database_is_left_alone(database, path):
    await migrate(database)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(DatabaseNewer) as caught:
        await migrate(database)
    assert "newer version of Pixferry" in caught.value.public
    assert "restore the backup" in caught.value.public


async def test_a_start_with_nothing_to_do_waits_for_no_writer(database, path):
    await migrate(database)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert await migrate(database) == (REVISIONS[-1], REVISIONS[-1])


@contextmanager
def taken(path):
    """A new file as another process has it that is about to make its log; rolled back at the end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def test_a_first_start_waits_for_another_that_makes_the_same_file(database, path):
    with taken(path):
        starting = asyncio.create_task(migrate(database))
        await asyncio.wait({starting}, timeout=0.3)
        assert not starting.done()
    assert await starting == (None, REVISIONS[-1])


async def test_a_first_start_does_not_wait_for_ever(database, path, monkeypatch):
    monkeypatch.setattr(sqlite, "SWITCH_PATIENCE", 0.1)
    with taken(path), pytest.raises(Unavailable):
        await migrate(database)


async def test_a_file_that_is_no_database_is_told(database, path):
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(Unavailable):
        await migrate(database)


def test_processes_that_start_at_once_migrate_once(tmp_path):
    for round_ in range(2):
        data = tmp_path / str(round_)
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "pixferry", "migrate"],
                env=environment(data, 0),
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        told = [process.communicate(timeout=60) for process in started]
        assert [process.returncode for process in started] == [0] * 4, told
        moved = [out for out, _ in told if "from revision nothing to" in out]
        assert len(moved) == 1
        assert sum("already" in out for out, _ in told) == 3
