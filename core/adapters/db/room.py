"""Whether PostgreSQL's disk takes anything more. SQLite's file lies where the other files do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

_SPILL = (
    "SET LOCAL temp_tablespaces = ''",  # on the disk of the tables
    "SET LOCAL work_mem = '64kB'",
    "SELECT count(*) FROM generate_series(1, 20000)",
)
"""A result that is too large for this memory, so that it goes through a file."""


async def try_room(session: AsyncSession) -> None:
    """Have the server write some 100 KB next to the tables, and drop them.

    A transaction that writes no row succeeds on a full disk.
    """
    if session.get_bind().dialect.name == "postgresql":
        for statement in _SPILL:
            await session.execute(text(statement))
