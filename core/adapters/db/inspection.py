"""What a database says of itself."""

from __future__ import annotations

import sqlite3
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy
from sqlalchemy import text

from core.adapters.db.migrate import REVISIONS
from core.errors import Unavailable
from core.model import DatabaseState

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from core.adapters.db.engine import Database

_TABLE = "alembic_version"
_PRIVILEGES = text("SELECT has_table_privilege('media', 'INSERT, UPDATE, DELETE')")
_CONNECTIONS = text(
    "SELECT count(*), current_setting('max_connections')::int "
    "- current_setting('superuser_reserved_connections')::int "
    "FROM pg_stat_activity WHERE backend_type = 'client backend'"
)


async def inspect(database: Database) -> DatabaseState:
    """Ask for all that an operator may want to know; change nothing.

    Raises:
        Unavailable: it can't be read.
    """
    async with database.read() as session:
        state = DatabaseState(
            server=f"SQLite {sqlite3.sqlite_version}",
            revision=await _revision(session),
            newest=REVISIONS[-1],
        )
        if session.get_bind().dialect.name == "postgresql":
            state = await _of_postgres(session, state)
    if state.unwritable is None:
        try:
            async with database.write():  # to be let in is enough: nothing is written
                pass
        except Unavailable as err:
            return replace(state, unwritable=err.reason)
    return state


async def _revision(session: AsyncSession) -> str | None:
    connection = await session.connection()
    if not await connection.run_sync(lambda sync: sqlalchemy.inspect(sync).has_table(_TABLE)):
        return None
    found = (await session.execute(text(f"SELECT version_num FROM {_TABLE}"))).scalar()  # noqa: S608  our own name  # nosec B608
    return None if found is None else str(found)


async def _of_postgres(session: AsyncSession, state: DatabaseState) -> DatabaseState:
    asked = time.time()
    now = (await session.execute(text("SELECT extract(epoch FROM clock_timestamp())"))).scalar_one()
    middle = (asked + time.time()) / 2
    version = (await session.execute(text("SHOW server_version"))).scalar_one()
    used, most = (await session.execute(_CONNECTIONS)).one()
    return replace(
        state,
        server=f"PostgreSQL {str(version).partition(' ')[0]}",
        connections=int(used),
        max_connections=int(most),
        skew=float(now) - middle,
        unwritable=await _refusal(session, migrated=state.revision is not None),
    )


async def _refusal(session: AsyncSession, *, migrated: bool) -> str | None:
    if (await session.execute(text("SELECT pg_is_in_recovery()"))).scalar_one():
        return "It is a standby, which only reads: name its primary server."
    if (await session.execute(text("SHOW default_transaction_read_only"))).scalar_one() == "on":
        return "It is set to read-only (default_transaction_read_only)."
    if migrated and not (await session.execute(_PRIVILEGES)).scalar_one():
        return "Its user may not write the tables: let the one who owns them run Pixferry."
    return None
