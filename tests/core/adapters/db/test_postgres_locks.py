"""Where SQLite's one write lock settles who was first, PostgreSQL's row locks do."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from rows import NOW, new_media, plan
from sqlalchemy import text

from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.engine import open_database
from core.adapters.db.migrate import migrate

WAITING = (
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
async def database(postgres):
    opened = open_database(postgres.new_database(), 6)
    await migrate(opened)
    yield opened
    await opened.close()


async def waiting(database) -> int:
    async with database.read() as session:
        return (await session.execute(text(WAITING))).scalar()


async def test_a_ban_waits_for_the_image_that_is_just_being_published(database):
    """Else it would remove what it sees, and the image would come after it."""
    catalog, directory = SqlCatalog(database, timedelta(minutes=3)), SqlDirectory(database)
    user, team = await directory.enrol("spammer@example.org", None, NOW)
    media = await catalog.reserve(new_media(team=team, user_id=user.id), plan())

    async def ban():
        await directory.set_ban("spammer@example.org", "spam", NOW)
        return await directory.media_of(user.id, 9, NOW)

    async with database.write() as session:
        await session.execute(text("SELECT id FROM media FOR UPDATE"))
        publishing = asyncio.create_task(catalog.publish(media, NOW))
        while await waiting(database) < 1:  # it has looked for a ban, and found none
            await asyncio.sleep(0.01)
        banning = asyncio.create_task(ban())
        await asyncio.wait({banning}, timeout=0.5)
    await publishing
    assert await banning == [(media.id, team.id)]


async def test_uploads_of_one_user_do_not_wait_for_each_other(database):
    catalog, directory = SqlCatalog(database, timedelta(minutes=3)), SqlDirectory(database)
    user, team = await directory.enrol("busy@example.org", None, NOW)
    media = await catalog.reserve(new_media(team=team, user_id=user.id), plan())
    async with database.write() as session:
        await session.execute(text("SELECT id FROM users FOR KEY SHARE"))
        await catalog.publish(media, NOW)
