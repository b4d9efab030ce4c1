"""The database: two doors, one to read and one to write, with its failures translated."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from core.errors import StorageFull, Unavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sqlalchemy import Connection

BUSY_TIMEOUT = 5.0
"""Seconds that a writer waits for its turn before the request is answered with 503."""

_READERS = 4


class Database:
    """Sessions over one database.

    On SQLite a writer takes the write lock when it begins (`BEGIN IMMEDIATE`), so that no
    two processes decide on the same numbers; within a process writers queue for one
    connection, since SQLite lets only one write anyway. Readers see the last commit.
    """

    def __init__(self, url: str) -> None:
        self._reader = _sqlite_engine(url, begin="BEGIN", size=_READERS)
        self._writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE", size=1)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that only reads.

        Raises:
            Unavailable: the database can't be reached or is too busy.
        """
        with _translated():
            async with AsyncSession(self._reader, expire_on_commit=False) as session:
                yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """One transaction, committed at the end of the block, rolled back on any exception.

        Raises:
            Unavailable: the database can't be reached or is too busy; nothing was written.
            StorageFull: the disk is full; nothing was written.
        """
        with _translated():
            async with (
                AsyncSession(self._writer, expire_on_commit=False) as session,
                session.begin(),
            ):
                yield session

    async def close(self) -> None:
        """Close every connection."""
        await self._reader.dispose()
        await self._writer.dispose()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except (DBAPIError, PoolTimeout, OSError) as err:
        if "full" in str(getattr(err, "orig", "")):
            raise StorageFull(seconds=30) from err
        raise Unavailable("The database can't be reached right now.", seconds=5) from err


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _sqlite_engine(url: str, *, begin: str, size: int) -> AsyncEngine:
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
        pool_timeout=BUSY_TIMEOUT,
    )

    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # what was acknowledged survives a power cut
            "foreign_keys=ON",
            f"busy_timeout={int(BUSY_TIMEOUT * 1000)}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        # SQLite's own lower() knows ASCII alone; captions are written in every script.
        connection.create_function("lower", 1, _lower, deterministic=True)

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", start)
    return engine
