"""A server's database, spoken to past the server: SQL with `?` for values, and rows in bulk."""

from __future__ import annotations

import asyncio
import itertools
import re
import sqlite3
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg as postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import Dialect
    from sqlmodel import SQLModel

    from bench.places import Place

Row = dict[str, Any]


class Database(Protocol):
    """One connection; the caller closes it. Times are aware UTC."""

    def run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of one statement, which is committed unless in a transaction."""

    def transaction(self) -> AbstractContextManager[None]:
        """Commit at the end of the block."""

    def bound(self, row: SQLModel) -> Row:
        """A row's values as the driver takes them, defaults filled in."""

    def value(self, value: Any) -> Any:
        """A value as the driver takes it."""

    def insert(self, table: type[SQLModel], rows: list[Row]) -> None:
        """Add rows of bound values, all with the same columns."""

    def settle(self) -> None:
        """Do at once what the database would do later, amid a measurement."""

    def close(self) -> None: ...


def open_database(place: Place) -> Database:
    url = place.settings.get("DATABASE_URL")
    return PostgresDatabase(url) if url else SqliteDatabase(str(place.folder / "pixferry.db"))


class SqliteDatabase:
    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, timeout=60, isolation_level=None)
        self._connection.execute("PRAGMA synchronous=OFF")  # if power fails, one measures again

    def run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, [self.value(one) for one in values]).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.run("BEGIN IMMEDIATE")
        yield
        self.run("COMMIT")

    def bound(self, row: SQLModel) -> Row:
        return _bound(row, sqlite.dialect())

    def value(self, value: Any) -> Any:
        return f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value

    def insert(self, table: type[SQLModel], rows: list[Row]) -> None:
        columns = ", ".join(rows[0])
        places = ", ".join(f":{name}" for name in rows[0])
        self._connection.executemany(
            f"INSERT INTO {table.__tablename__} ({columns}) VALUES ({places})", rows
        )

    def settle(self) -> None:
        self.run("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        self._connection.close()


class PostgresDatabase:
    def __init__(self, url: str) -> None:
        import asyncpg

        self._loop = asyncio.Runner()
        self._connection = self._loop.run(asyncpg.connect(url.replace("+asyncpg", "")))

    def run(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        numbers = itertools.count(1)
        numbered = re.sub(r"\?", lambda _: f"${next(numbers)}", sql)
        found = self._loop.run(self._connection.fetch(numbered, *values))
        return [tuple(row) for row in found]

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.run("BEGIN")
        yield
        self.run("COMMIT")

    def bound(self, row: SQLModel) -> Row:
        return _bound(row, postgresql.dialect())

    def value(self, value: Any) -> Any:
        return value

    def insert(self, table: type[SQLModel], rows: list[Row]) -> None:
        """By COPY: a million rows are a matter of a minute."""
        self._loop.run(
            self._connection.copy_records_to_table(
                table.__tablename__,
                columns=list(rows[0]),
                records=[tuple(row.values()) for row in rows],
            )
        )

    def settle(self) -> None:
        for sql in ("VACUUM ANALYZE", "CHECKPOINT"):
            self.run(sql)

    def close(self) -> None:
        self._loop.run(self._connection.close())
        self._loop.close()


def _bound(row: SQLModel, dialect: Dialect) -> Row:
    values = {}
    for column in type(row).__table__.columns:  # type: ignore[attr-defined]  # SQLModel makes it
        bind = column.type.dialect_impl(dialect).bind_processor(dialect)
        value = getattr(row, column.name)
        values[column.name] = bind(value) if bind else value
    return values
