"""Kinds of columns that the tables have."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

BigId = BigInteger().with_variant(Integer, "sqlite")  # SQLite autoincrements INTEGER alone


def word(longest: int, **options: Any) -> Any:
    """A name that we made, of ASCII: on every database it is compared and ordered by its bytes."""
    plain = String(longest)
    bytewise = String(longest, collation="C")
    return Field(sa_type=plain.with_variant(bytewise, "postgresql"), **options)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in and out, also on SQLite, which keeps no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  the base's signature
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def time(*, nullable: bool = False) -> Any:
    """A moment."""
    return Field(sa_type=UtcDateTime, nullable=nullable)
