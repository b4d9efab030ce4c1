"""The table of what platforms told bots."""

# No `from __future__ import annotations` here: SQLModel reads the annotations at run time.

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, text
from sqlmodel import Field, SQLModel

from core.adapters.db.columns import UtcDateTime
from core.adapters.db.columns import time as _time
from core.adapters.db.columns import word as _word


def _of_some(name: str, column: str) -> Index:
    """An index of the rows that have something in that column: few, as most are done with."""
    some = text(f"{column} IS NOT NULL")
    return Index(name, column, sqlite_where=some, postgresql_where=some)


class InboxRow(SQLModel, table=True):
    """What a platform told a bot. Once that is done with, only `id` and `created_at` are left.

    `due_at` is when whoever comes may take it: for pieces of a bundle that nobody has taken yet,
    when the bundle is complete, the same for all; for what has an owner, when the lease is over.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        _of_some("inbox_due", "due_at"),
        _of_some("inbox_bundle", "bundle"),
        Index("inbox_created", "created_at"),
    )

    id: str = _word(128, primary_key=True)
    bundle: str | None = _word(128, default=None)
    payload: dict[str, Any] | None = Field(
        default=None, sa_column=Column(JSON(none_as_null=True), nullable=True)
    )
    owner: str | None = _word(32, default=None)
    due_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    taken: int = 0
    created_at: datetime = _time()
