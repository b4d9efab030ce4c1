"""Filling a database with images by plain SQL, in the shape that the server would give them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bench.blobs import TINY, open_blobs
from bench.databases import Database, Row, open_database
from core.adapters.db.tables import BlobRow, MediaRow
from core.ids import BASE58, ID_LENGTH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.places import Place

BATCH = 10_000


@dataclass(frozen=True)
class Filling:
    """Images to be made, a second apart, the newest `age` old; `per_blob` of them share bytes.

    `files` stores the blobs' bytes, too, each a tiny file of its own.
    """

    count: int
    age: timedelta = timedelta(minutes=10)
    expires_at: datetime | None = None
    per_blob: int = 1
    files: bool = False
    seed: int = 1


def fill(place: Place, email: str, filling: Filling) -> list[str]:
    """Add images to the team of that person; gives their ids, the newest first."""
    database = open_database(place)
    ((user_id, team_id),) = database.run(
        "SELECT user_id, team_id FROM memberships JOIN users ON users.id = user_id WHERE email = ?",
        email,
    )
    ids: list[str] = []
    stored = open_blobs(place) if filling.files else None
    with database.transaction():
        for blobs, media in _batches(database, filling, user_id, team_id):
            if blobs:
                database.insert(BlobRow, blobs)
            database.insert(MediaRow, media)
            ids += [row["id"] for row in media]
            if stored:
                stored.put(row["id"] for row in blobs)
        database.run(
            "UPDATE usage SET media_count = media_count + ?, storage_bytes = storage_bytes + ?"
            " WHERE team_id = ?",
            filling.count,
            filling.count * len(TINY),
            team_id,
        )
    database.settle()
    database.close()
    return ids


def _batches(
    database: Database, filling: Filling, user_id: int, team_id: int
) -> Iterator[tuple[list[Row], list[Row]]]:
    """Rows of blobs and media: one is made by the tables' own rules, the others alike."""
    chance = random.Random(filling.seed)
    now = datetime.now(UTC) - filling.age
    plain_blob = database.bound(
        BlobRow(id="", sha256="", size=len(TINY), created_at=now, stored_at=now)
    )
    plain_media = database.bound(
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
            created = database.value(now - timedelta(seconds=number))
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
        yield blobs, media
