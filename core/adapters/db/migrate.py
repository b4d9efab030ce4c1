"""Bringing the database to this version's tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from core.errors import DatabaseNewer

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from core.adapters.db.engine import Database

FOLDER = Path(__file__).parents[3] / "migrations"
REVISIONS = tuple(sorted(path.stem[:4] for path in (FOLDER / "versions").glob("[0-9]*.py")))


PATIENCE = 60.0
"""Seconds that a start waits for another process that is migrating."""


async def migrate(database: Database) -> tuple[str | None, str]:
    """Upgrade to the newest revision, in one transaction; says from which to which.

    Where nothing is to be done the migration library is not even imported. Of several
    processes that start at once one upgrades, the others wait and find it done.

    Raises:
        DatabaseNewer: the database has a revision that this version does not know.
        Unavailable: the database can't be reached.
    """
    async with database.read() as session:  # a start with nothing to do waits for no writer
        connection = await session.connection()
        current = await connection.run_sync(_revision)
    if current == REVISIONS[-1]:
        return current, current
    async with database.migrating(PATIENCE) as session:
        connection = await session.connection()
        return await connection.run_sync(_upgrade)


def _revision(connection: Connection) -> str | None:
    """The database's revision; None: it is empty.

    Raises:
        DatabaseNewer: this version does not know it.
    """
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if found is not None and found not in REVISIONS:
        raise DatabaseNewer
    return None if found is None else str(found)


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    newest = REVISIONS[-1]
    current = _revision(connection)
    if current != newest:
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return current, newest
