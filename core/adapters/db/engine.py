"""The database, whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from core.adapters.db.doors import BUSY_TIMEOUT
from core.service_urls import POSTGRES

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.ports import Changes


class Database(Protocol):
    """Sessions over one database. Each statement sees what was committed when it began."""

    @property
    def changes(self) -> Changes:
        """Tells when rows change, whoever changes them."""

    def read(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A session that only reads.

        Raises:
            Unavailable: the database can't be reached or is too busy.
        """

    def write(self, patience: float = BUSY_TIMEOUT) -> AbstractAsyncContextManager[AsyncSession]:
        """One transaction, committed at the end of the block, rolled back on any exception.

        `patience` is how many seconds it waits for those that hold what it needs.

        Raises:
            Unavailable: the database can't be reached or is too busy; nothing was written.
            StorageFull: the disk is full; nothing was written.
            IntegrityError: somebody else has written what the tables allow once.
        """

    def migrating(self, patience: float) -> AbstractAsyncContextManager[AsyncSession]:
        """A write that changes tables: one of all processes at a time, and as long as it takes."""

    async def close(self) -> None:
        """Close every connection."""


def open_database(url: str, pool: int) -> Database:
    """The database at that URL; nothing is connected before a door is used.

    `pool` is how many connections to PostgreSQL this process may open; a file needs no limit.
    """
    if url.startswith(POSTGRES):
        from core.adapters.db.postgres import PostgresDatabase

        return PostgresDatabase(url, pool)
    from core.adapters.db.sqlite import SqliteDatabase

    return SqliteDatabase(url)
