"""What a server has stored, read and written past it: rows by SQL, blobs by their names.

SQL is what SQLite and PostgreSQL both understand, with `?` for values; times are aware.
"""

from __future__ import annotations

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING

from backings import addresses
from services.postgres import query, run_for_each

from core.service_urls import FILE, SQLITE, s3_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def rows(data_dir: Path, sql: str, *values) -> list[tuple]:
    """Run one statement and commit; gives its rows."""
    url = _database_url(data_dir)
    if not url.startswith(SQLITE):
        return query(url, _numbered(sql), *values)
    with closing(_sqlite(url)) as database, database:
        return database.execute(sql, _for_sqlite(values)).fetchall()


def insert(data_dir: Path, sql: str, many: list[tuple]) -> None:
    """Run one statement for each tuple of values, in one transaction."""
    url = _database_url(data_dir)
    if not url.startswith(SQLITE):
        run_for_each(url, _numbered(sql), many)
        return
    with closing(_sqlite(url)) as database, database:
        database.executemany(sql, map(_for_sqlite, many))


def dump(data_dir: Path) -> str:
    """Every value of every row, as text."""
    url = _database_url(data_dir)
    if url.startswith(SQLITE):
        with closing(_sqlite(url)) as database:
            return "\n".join(database.iterdump())
    tables = query(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return "\n".join(str(query(url, f"SELECT * FROM {table}")) for (table,) in tables)


def blob_names(data_dir: Path) -> set[str]:
    """The name of every blob in the storage, also of those that no row knows."""
    if bucket := _bucket(data_dir):
        return bucket.names()
    return {path.name for path in _folder(data_dir).rglob("*") if path.is_file()}


def blobs(data_dir: Path) -> dict[str, bytes]:
    """Every blob in the storage: its name and its bytes."""
    if bucket := _bucket(data_dir):
        return bucket.read()
    folder = _folder(data_dir)
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put_blobs(data_dir: Path, some: Mapping[str, bytes]) -> None:
    """Store blobs of these names."""
    if bucket := _bucket(data_dir):
        bucket.put(some)
        return
    for name, data in some.items():
        path = _folder(data_dir) / name[:2] / name[2:4] / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


@contextmanager
def bucket_removed(data_dir: Path) -> Iterator[None]:
    """Somebody has removed the bucket with all that was in it; then it is restored."""
    bucket = _bucket(data_dir)
    kept = bucket.take_away()
    try:
        yield
    finally:
        assert not bucket.exists(), "nothing may be stored in place of what is lost"
        bucket.make()
        bucket.put(kept)


class _Bucket:
    """A bucket, asked by the client library itself."""

    def __init__(self, url: str) -> None:
        from minio import Minio

        from core.adapters.s3.bucket import FOLDER

        where = s3_address(url)
        self._name, self._prefix = where.bucket, FOLDER
        self._client = Minio(
            endpoint=where.endpoint,
            access_key=where.access_key,
            secret_key=where.secret_key,
            region=where.region,
            secure=where.secure,
        )

    def names(self) -> set[str]:
        return {key.removeprefix(self._prefix) for key in self._keys()}

    def read(self) -> dict[str, bytes]:
        with ThreadPoolExecutor(8) as pool:
            keys = self._keys()
            return dict(
                zip(
                    (key.removeprefix(self._prefix) for key in keys),
                    pool.map(self._read, keys),
                    strict=True,
                )
            )

    def put(self, some: Mapping[str, bytes]) -> None:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(self._put, some.items()))

    def exists(self) -> bool:
        return self._client.bucket_exists(bucket_name=self._name)

    def make(self) -> None:
        self._client.make_bucket(bucket_name=self._name)

    def take_away(self) -> dict[str, bytes]:
        """Remove it while others write into it; gives all that was in it."""
        from minio.error import S3Error

        taken = {}
        while True:
            for key in self._keys():
                with suppress(S3Error):  # a probe, which goes by itself
                    taken[key.removeprefix(self._prefix)] = self._read(key)
                    self._client.remove_object(bucket_name=self._name, object_name=key)
            try:
                self._client.remove_bucket(bucket_name=self._name)
                return taken
            except S3Error as err:
                if err.code != "BucketNotEmpty":
                    raise

    def _keys(self) -> list[str]:
        listed = self._client.list_objects(bucket_name=self._name, recursive=True)
        return [found.object_name for found in listed]

    def _read(self, key: str) -> bytes:
        with closing(self._client.get_object(bucket_name=self._name, object_name=key)) as answer:
            return answer.read()

    def _put(self, blob: tuple[str, bytes]) -> None:
        name, data = blob
        self._client.put_object(
            bucket_name=self._name,
            object_name=f"{self._prefix}{name}",
            data=BytesIO(data),
            length=len(data),
        )


def _database_url(data_dir: Path) -> str:
    return addresses(data_dir).get("DATABASE_URL", f"{SQLITE}{data_dir}/pixferry.db")


def _folder(data_dir: Path) -> Path:
    return data_dir.joinpath(
        addresses(data_dir).get("STORAGE_URL", "blobs").removeprefix(FILE[:-1])
    )


def _bucket(data_dir: Path) -> _Bucket | None:
    url = addresses(data_dir).get("STORAGE_URL", "")
    return _Bucket(url) if url.startswith("s3://") else None


def _sqlite(url: str) -> sqlite3.Connection:
    return sqlite3.connect(url.removeprefix(SQLITE), timeout=30)


def _for_sqlite(values: tuple) -> list:
    """The values, with times as SQLAlchemy writes them into SQLite."""
    return [
        value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        if isinstance(value, datetime)
        else value
        for value in values
    ]


def _numbered(sql: str) -> str:
    numbers = count(1)
    return re.sub(r"\?", lambda _: f"${next(numbers)}", sql)
