"""SQLite: a file in the data folder."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from core.adapters.db.doors import BUSY_TIMEOUT, translated
from core.adapters.db.sqlite_changes import SqliteChanges
from core.errors import StorageFull, Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy import Connection

SWITCH_PATIENCE = 60.0
"""Seconds that a first start waits for others that make the same new file theirs."""

_SWITCH_AGAIN = 0.02
_READERS = 4
_BEGIN_BY = "begin_by"


class SqliteDatabase:
    """Sessions over one file.

    A writer takes the write lock when it begins (`BEGIN IMMEDIATE`), so that no two
    processes decide on the same numbers; within a process writers queue for one
    connection, since SQLite lets only one write anyway.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        # Without transactions a read is four calls of the driver's thread instead of eight.
        self._reader = _engine(
            url,
            size=_READERS,
            isolation_level="AUTOCOMMIT",
            skip_autocommit_rollback=True,
            pool_reset_on_return=None,
        )
        self._writer = _engine(url, size=1)
        event.listen(self._writer.sync_engine, "begin", _begin_writing)
        self._writing = asyncio.Lock()

    @cached_property
    def changes(self) -> SqliteChanges:
        return SqliteChanges(str(make_url(self._url).database))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        with translated(_failure):
            async with AsyncSession(self._reader, expire_on_commit=False) as session:
                yield session

    @asynccontextmanager
    async def write(self, patience: float = BUSY_TIMEOUT) -> AsyncIterator[AsyncSession]:
        """See Database; patience is for this process's queue and other processes, together."""
        begin_by = time.monotonic() + patience
        with translated(_failure):
            async with (
                self._turn(patience),
                AsyncSession(self._writer, expire_on_commit=False) as session,
                session.begin(),
            ):
                await session.connection(execution_options={_BEGIN_BY: begin_by})
                yield session

    def migrating(self, patience: float) -> AbstractAsyncContextManager[AsyncSession]:
        return self.write(patience)  # whoever writes is alone

    @asynccontextmanager
    async def _turn(self, patience: float) -> AsyncIterator[None]:
        """Be the process's one writer: others queue here, in the order they came."""
        async with asyncio.timeout(patience):
            await self._writing.acquire()
        try:
            yield
        finally:
            self._writing.release()

    async def close(self) -> None:
        self.changes.close()
        await self._reader.dispose()
        await self._writer.dispose()


def _failure(err: Exception) -> Unavailable | None:
    known = isinstance(err, DBAPIError | PoolTimeout | sqlite3.Error | OSError)
    if not known or isinstance(err, IntegrityError):
        return None
    # Not the error itself: it would show the statement's values.
    reason = str(getattr(err, "orig", None) or type(err).__name__)
    if "full" in reason:
        return StorageFull(seconds=30, reason=f"The disk of the database is full: {reason}")
    return Unavailable("The database can't be reached right now.", seconds=5, reason=reason)


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _busy_timeout(seconds: float) -> str:
    return f"busy_timeout={int(seconds * 1000)}"


def _begin_writing(connection: Connection) -> None:
    begin_by = connection.get_execution_options().get(_BEGIN_BY)
    if begin_by is not None:  # what was spent in this process's queue is not spent twice
        left = max(0.0, begin_by - time.monotonic())
        connection.exec_driver_sql(f"PRAGMA {_busy_timeout(left)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _switch_to_wal(connection: Any, cursor: Any) -> None:
    """Have the file keep a write-ahead log: what only its first connection changes.

    Of several that change it at once SQLite refuses all but one without letting them wait
    (each already reads, and might wait for the others for ever), whatever `busy_timeout` says.
    Who was let wait, and in vain, has met something else, and is answered like any request.
    """
    give_up = time.monotonic() + SWITCH_PATIENCE
    while True:
        asked = time.monotonic()
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as err:
            now = time.monotonic()
            waited = now - asked >= BUSY_TIMEOUT
            if err.sqlite_errorcode != sqlite3.SQLITE_BUSY or waited or now >= give_up:
                raise
            connection.run_async(lambda _: asyncio.sleep(_SWITCH_AGAIN))
        else:
            return


class _Connection(sqlite3.Connection):
    """One that lets go of the write lock when it is closed, whatever still refers to it.

    SQLite closes a connection for good once its last statement is gone. The statement of whoever
    was cancelled lives on in the frames of that failure until it is collected as garbage, and
    nobody could write meanwhile.
    """

    def close(self) -> None:
        if self.in_transaction:
            self.rollback()
        super().close()


def _engine(url: str, *, size: int, **options: Any) -> AsyncEngine:
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT,
        hide_parameters=True,
        connect_args={"factory": _Connection},
        **options,
    )

    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA {_busy_timeout(BUSY_TIMEOUT)}")  # first: the next one may wait
        _switch_to_wal(connection, cursor)
        cursor.execute("PRAGMA synchronous=FULL")  # what was acknowledged survives a power cut
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()
        # SQLite's own lower() knows ASCII alone; captions are written in every script.
        connection.create_function("lower", 1, _lower, deterministic=True)

    event.listen(engine.sync_engine, "connect", prepare)
    return engine
