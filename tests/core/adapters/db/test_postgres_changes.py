"""The channel over which PostgreSQL tells of changes breaks, hangs, and comes back by itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from rows import NOW, new_media, plan
from services.postgres import query

from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.engine import open_database
from core.adapters.db.hot_rows import HotCatalog
from core.adapters.db.migrate import migrate
from core.model import Ability, MediaPatch

LIFE = timedelta(minutes=3)
OURS = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND application_name = 'pixferry'"
)

harmed = pytest.mark.parametrize("server", ["own_postgres"], indirect=True)


@pytest.fixture
def server(request):
    return request.getfixturevalue(getattr(request, "param", "postgres"))


@pytest.fixture
def url(server):
    return server.new_database()


@pytest.fixture
async def database(url):
    opened = open_database(url, 4)
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def hot(database):
    found = HotCatalog(database, LIFE)
    await until(database.changes.current)
    return found


@pytest.fixture
async def media(hot, database):
    _, team = await SqlDirectory(database).enrol("somebody@example.org", None, NOW)
    made = await hot.reserve(new_media(team=team), plan())
    await hot.publish(made, NOW)
    return await hot.find(made.id)


async def until(condition, within=30):
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)


class Told:
    """A listener that remembers."""

    def __init__(self, changes):
        self.all = []
        changes.tell(self)

    def forget(self, media_ids):
        self.all.append(None if media_ids is None else set(media_ids))


async def test_with_the_channel_ended_nothing_stale_is_served(url, database, hot, media):
    """The channel is cut and the row changed in one breath, so that no notice can come."""
    for caption in ("one", "two", "three"):
        await until(database.changes.current)
        assert await hot.find(media.id)
        query(
            url,
            "WITH cut AS (SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity WHERE "
            "datname = current_database() AND pid != pg_backend_pid()) SELECT count(*) FROM cut",
        )
        query(url, "UPDATE media SET caption = $1", caption)
        await until(lambda: not database.changes.connected)
        found = await SqlCatalog.find(hot, media.id)
        assert found.caption == caption
        assert (await hot.find(media.id)).caption == caption


@harmed
async def test_it_comes_back_by_itself(server, url, database, hot, media):
    await asyncio.to_thread(server.kill)
    await until(lambda: not database.changes.current())
    await asyncio.sleep(1)
    server.start()
    await until(database.changes.current)
    told = Told(database.changes)
    query(url, "UPDATE media SET public = false")
    await until(lambda: told.all == [{media.id}])


@harmed
async def test_a_channel_that_hangs_is_given_up(server, database, hot, media):
    while hot.at_hand(media.id) is None:  # on a busy machine it may have been silent just now
        await until(database.changes.current)
        await hot.find(media.id)
    server.freeze()
    await until(lambda: not database.changes.current())
    assert hot.at_hand(media.id) is None  # from the first moment that nothing can be heard
    await until(lambda: not hot._rows)  # the question whether it lives is a moment older
    server.thaw()
    await until(database.changes.current)


async def test_closing_ends_the_channel(url, database, hot):
    assert query(url, OURS) >= [(1,)]
    await database.close()
    async with asyncio.timeout(30):
        while await asyncio.to_thread(query, url, OURS) != [(0,)]:
            await asyncio.sleep(0.05)


async def test_who_never_asks_opens_no_channel(url, database):
    await SqlCatalog(database, LIFE).find("1234567891")
    assert query(url, OURS) == [(1,)]


async def test_of_many_rows_each_is_told_and_of_very_many_that_there_were_many(
    url, database, hot, media
):
    copy = (
        "INSERT INTO media SELECT (jsonb_populate_record(m, jsonb_build_object('id', "
        "lpad(n::text, 16, 'x')))).* FROM media m, generate_series(1, $1) n WHERE id = $2"
    )
    told = Told(database.changes)
    query(url, copy, 1_000, media.id)
    query(url, "UPDATE media SET public = false")
    await until(lambda: len(told.all) == 3)
    assert len(set().union(*told.all)) == 1_001
    query(url, copy.replace("'x'", "'y'"), 4_000, media.id)
    told.all.clear()
    query(url, "DELETE FROM media")
    await until(lambda: told.all)
    assert told.all == [None]
    query(url, "TRUNCATE media CASCADE")
    await until(lambda: told.all == [None, None])


async def test_an_upload_tells_nothing_since_nobody_has_seen_it(database, hot, media):
    told = Told(database.changes)
    new = await hot.reserve(new_media(), None)
    await hot.publish(new, NOW)
    await hot.update(media.team_id, [media.id], MediaPatch(caption="x"), NOW)
    await until(lambda: told.all)
    assert told.all == [{media.id}]


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("INSERT INTO bans VALUES (1, 'spam', now())", "bans"),
        ("UPDATE bans SET reason = 'x'", "bans"),
        ("DELETE FROM bans", "bans"),
        ("UPDATE teams SET plan = 'pro'", "teams"),
        ("UPDATE api_keys SET abilities = 'read'", "api_keys"),
        ("DELETE FROM api_keys", "api_keys"),
    ],
)
async def test_every_row_that_grants_access_is_told_of(url, database, media, sql, table):
    import asyncpg

    directory = SqlDirectory(database)
    await directory.add_key(media.team_id, 1, "", {Ability.READ}, "hash", NOW)
    if not sql.startswith("INSERT"):
        query(url, "INSERT INTO bans VALUES (1, 'spam', now())")
    heard = []
    listener = await asyncpg.connect(url.replace("+asyncpg", ""))
    await listener.add_listener("pixferry_changes", lambda *told: heard.append(told[-1]))
    query(url, sql)
    await until(lambda: heard)
    assert heard == [f"{table}:1"]
    await listener.close()
