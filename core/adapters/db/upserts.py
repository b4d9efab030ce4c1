"""Inserts of what may be there already: both databases have them, SQLAlchemy by two names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

_INSERTS: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def insert_into(session: AsyncSession, row: type) -> Any:
    """An INSERT into a row's table, of the session's database, that takes `on_conflict_…`."""
    return _INSERTS[session.get_bind().dialect.name](row)
