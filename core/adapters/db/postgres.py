"""PostgreSQL: one server, or one address of several, over the network."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

from core.adapters.db.doors import BUSY_TIMEOUT, translated
from core.adapters.db.expressions import EVERY_SCRIPT
from core.adapters.db.postgres_address import PostgresAddress
from core.adapters.db.postgres_changes import PostgresChanges
from core.adapters.db.postgres_failures import failure, refused
from core.errors import Unavailable
from core.service_urls import POSTGRES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncEngine

SLACK = 0.5
"""Seconds that a door's work may take beyond its waiting; then it is Unavailable."""

BOUND = BUSY_TIMEOUT + SLACK
"""Seconds that any one statement may take; with a server that never answers, any door."""

_IDLE = 1.0
"""Seconds after which a pooled connection is asked whether it lives before it is used."""

_IDLE_ANSWER = 1.0
_RECYCLE = 1_800
_MIGRATION = 0x50_49_58_01
"""The advisory lock of who changes tables: any number that nobody else uses."""

_SETTINGS = {
    "application_name": "pixferry",
    "timezone": "UTC",
    "jit": "off",  # our statements are small: compiling them costs more than it gives
    # What this process can't end by itself, being frozen or cut off, the server ends.
    "statement_timeout": f"{BOUND:g}s",
    "lock_timeout": f"{BUSY_TIMEOUT:g}s",
    "idle_in_transaction_session_timeout": "10s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}


class PostgresDatabase:
    """Sessions over PostgreSQL, READ COMMITTED; who decides on rows locks them.

    Each door holds one bound over everything that it does, the opening and closing of
    connections too: a server that accepts but never answers is Unavailable in time.
    """

    def __init__(self, url: str, pool: int) -> None:
        self._address = PostgresAddress(url)
        self._writer = self._engine(
            poolclass=AsyncAdaptedQueuePool,
            pool_size=pool - 1,  # one is for hearing of changes
            max_overflow=0,
            pool_use_lifo=True,
            pool_recycle=_RECYCLE,
        )
        # The same connections; without a transaction a read is one round trip instead of three.
        self._reader = self._writer.execution_options(isolation_level="AUTOCOMMIT")

    @cached_property
    def changes(self) -> PostgresChanges:
        return PostgresChanges(self._connect)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        with translated(self._failure):
            async with (
                asyncio.timeout(BOUND),
                AsyncSession(self._reader, expire_on_commit=False) as session,
            ):
                yield session

    @asynccontextmanager
    async def write(self, patience: float = BUSY_TIMEOUT) -> AsyncIterator[AsyncSession]:
        with translated(self._failure):
            async with (
                asyncio.timeout(patience + SLACK),
                AsyncSession(self._writer, expire_on_commit=False) as session,
                session.begin(),
            ):
                await session.connection()
                if patience != BUSY_TIMEOUT:  # to give up waiting must not cost the connection
                    await session.execute(text(f"SET LOCAL lock_timeout = {patience * 1000:.0f}"))
                yield session

    @asynccontextmanager
    async def migrating(self, patience: float) -> AsyncIterator[AsyncSession]:
        """See Database; `patience` is for other processes that migrate, and for each lock."""
        engine = self._engine(command_timeout=None, poolclass=NullPool)
        try:
            with translated(self._failure):
                async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
                    async with asyncio.timeout(patience + SLACK):
                        for name, value in (
                            ("statement_timeout", "0"),
                            ("lock_timeout", f"{patience * 1000:.0f}"),
                        ):
                            await session.execute(text(f"SET LOCAL {name} = {value}"))
                        await session.execute(select(func.pg_advisory_xact_lock(_MIGRATION)))
                        await self._suits(session)
                    yield session
        finally:
            await engine.dispose()

    async def close(self) -> None:
        await self.changes.close()
        await self._writer.dispose()

    async def _suits(self, session: AsyncSession) -> None:
        """Refuse a database that can't hold every script.

        Raises:
            Unavailable: says what to do.
        """
        encoding = (await session.execute(select(func.getdatabaseencoding()))).scalar_one()
        known = text("SELECT 1 FROM pg_collation WHERE collname = :name")
        every_script = (await session.execute(known, {"name": EVERY_SCRIPT})).first()
        if encoding != "UTF8" or every_script is None:
            reason = refused(
                self._address,
                f"has a database that can't hold every script (encoding {encoding}, collation "
                f"{EVERY_SCRIPT} {'known' if every_script else 'unknown'}): make one with "
                "ENCODING 'UTF8' TEMPLATE template0, on a server built with ICU",
            )
            raise Unavailable("The database can't be used.", seconds=60, reason=reason)

    def _failure(self, err: Exception) -> Unavailable | None:
        return failure(err, self._address)

    async def _connect(self, command_timeout: float | None = BOUND) -> asyncpg.Connection:
        return await asyncpg.connect(
            self._address.dsn,
            timeout=BUSY_TIMEOUT,
            command_timeout=command_timeout,
            server_settings=_SETTINGS,
        )

    def _engine(self, command_timeout: float | None = BOUND, **options: Any) -> AsyncEngine:
        engine = create_async_engine(
            POSTGRES,
            async_creator=partial(self._connect, command_timeout),
            isolation_level="READ COMMITTED",
            hide_parameters=True,
            **options,
        )
        event.listen(engine.sync_engine, "checkin", _note_use)
        event.listen(engine.sync_engine, "checkout", _refuse_dead)
        event.listen(engine.sync_engine, "invalidate", _break_off)
        return engine


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _refuse_dead(connection: Any, record: Any, _fairy: Any) -> None:
    """Have the pool replace a connection that died in it, before a request fails on it.

    After a restart of the server the driver knows already; a connection that a firewall has
    forgotten has to be asked.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError("it died in the pool")
    if time.monotonic() - record.info.get("used", time.monotonic()) > _IDLE:
        try:
            connection.run_async(_ask)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as err:
            raise DisconnectionError("it died in the pool, unnoticed") from err


async def _ask(driver: asyncpg.Connection) -> None:
    await driver.execute("SELECT 1", timeout=_IDLE_ANSWER)


def _break_off(connection: Any, _record: Any, _error: Any) -> None:
    """Leave a broken connection without a farewell: a server that hangs would not answer it."""
    if connection is not None:
        connection.driver_connection.terminate()
