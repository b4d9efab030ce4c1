"""Filling a database with images by plain SQL, in the shape that the server would give them."""

from __future__ import annotations

import random
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import sqlite

from core.adapters.db.tables import BlobRow, MediaRow
from core.ids import BASE58, ID_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlmodel import SQLModel

BATCH = 10_000
TINY = b"\xff\xd8\xff\xe0 as good as a picture: nobody opens it while it is swept \xff\xd9"


@dataclass(frozen=True)
class Filling:
    """Images to be made, a second apart, the newest `age` old; `per_blob` of them share bytes.

    `files` writes the blobs' bytes, too, each a tiny file of its own.
    """

    count: int
    age: timedelta = timedelta(minutes=10)
    expires_at: datetime | None = None
    per_blob: int = 1
    files: bool = False
    seed: int = 1


def open_database(data_dir: Path) -> sqlite3.Connection:
    """The server's database; the caller closes it, and says BEGIN and COMMIT."""
    connection = sqlite3.connect(data_dir / "pixferry.db", timeout=60, isolation_level=None)
    connection.execute("PRAGMA synchronous=OFF")  # if power fails, one measures again
    return connection


def fill(data_dir: Path, email: str, filling: Filling) -> list[str]:
    """Add images to the team of that person; gives their ids, the newest first."""
    connection = open_database(data_dir)
    user_id, team_id = connection.execute(
        "SELECT user_id, team_id FROM memberships JOIN users ON users.id = user_id WHERE email = ?",
        [email],
    ).fetchone()
    ids: list[str] = []
    connection.execute("BEGIN IMMEDIATE")
    for blobs, media in _batches(filling, user_id, team_id):
        _insert(connection, blobs)
        _insert(connection, media)
        ids += [row["id"] for row in media[1]]
        if filling.files:
            for row in blobs[1]:
                _write(data_dir / "blobs", row["id"])
    connection.execute(
        "UPDATE usage SET media_count = media_count + ?, storage_bytes = storage_bytes + ?"
        " WHERE team_id = ?",
        [filling.count, filling.count * len(TINY), team_id],
    )
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return ids


Rows = tuple[type["SQLModel"], list[dict[str, Any]]]


def _batches(filling: Filling, user_id: int, team_id: int) -> Iterator[tuple[Rows, Rows]]:
    """Rows as the database keeps them: one is made by the tables' own rules, the others alike."""
    chance = random.Random(filling.seed)
    now = datetime.now(UTC) - filling.age
    plain_blob = _bound(BlobRow(id="", sha256="", size=len(TINY), created_at=now, stored_at=now))
    plain_media = _bound(
        MediaRow(
            id="",
            user_id=user_id,
            team_id=team_id,
            blob_id="",
            format="jpeg",
            width=640,
            height=480,
            filesize=len(TINY),
            name="photo.jpg",
            created_at=now,
            published_at=now,
            expires_at=filling.expires_at,
        )
    )
    blob_id = ""
    for start in range(0, filling.count, BATCH):
        blobs, media = [], []
        for number in range(start, min(start + BATCH, filling.count)):
            created = _time(now - timedelta(seconds=number))
            if number % filling.per_blob == 0:
                blob_id = f"{chance.getrandbits(128):032x}"
                digest = f"{chance.getrandbits(256):064x}"
                blobs.append(
                    plain_blob
                    | {"id": blob_id, "sha256": digest, "created_at": created, "stored_at": created}
                )
            media.append(
                plain_media
                | {
                    "id": "".join(chance.choices(BASE58, k=ID_LENGTH)),
                    "blob_id": blob_id,
                    "created_at": created,
                    "published_at": created,
                }
            )
        yield (BlobRow, blobs), (MediaRow, media)


def _bound(row: SQLModel) -> dict[str, Any]:
    """A row's values as the driver takes them, defaults filled in."""
    dialect = sqlite.dialect()
    values = {}
    for column in type(row).__table__.columns:  # type: ignore[attr-defined]  # SQLModel makes it
        bind = column.type.dialect_impl(dialect).bind_processor(dialect)
        value = getattr(row, column.name)
        values[column.name] = bind(value) if bind else value
    return values


def _time(value: datetime) -> str:
    """A time as the tables keep it in SQLite."""
    return f"{value:%Y-%m-%d %H:%M:%S.%f}"


def _insert(connection: sqlite3.Connection, rows: Rows) -> None:
    table, found = rows
    if found:
        columns = ", ".join(found[0])
        places = ", ".join(f":{name}" for name in found[0])
        connection.executemany(
            f"INSERT INTO {table.__tablename__} ({columns}) VALUES ({places})", found
        )


def _write(folder: Path, blob_id: str) -> None:
    leaf = folder / blob_id[:2] / blob_id[2:4]
    path = leaf / blob_id
    try:
        path.write_bytes(TINY)
    except FileNotFoundError:
        leaf.mkdir(parents=True)
        path.write_bytes(TINY)
