"""The database, whichever it is: its doors, and what comes out when they stay shut."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from core.service_urls import POSTGRES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.errors import Unavailable
    from core.ports import Changes

BUSY_TIMEOUT = 4.0
"""Seconds that a writer waits for its turn before the request is answered with 503."""

logger = logging.getLogger(__name__)


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


@contextmanager
def translated(failure: Callable[[Exception], Unavailable | None]) -> Iterator[None]:
    """Raise what comes out of a door as `failure` has it; where it gives None, as it is."""
    try:
        yield
    except Exception as err:
        told = failure(err)
        if told is None:
            raise
        logger.warning("database out of reach: %s", told.reason)
        raise told from err
