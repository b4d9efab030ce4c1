"""What a server's data says when it is counted anew, row by row and file by file."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, datetime

from core.ids import new_media_id


def rows(data_dir, query, *values):
    with closing(sqlite3.connect(data_dir / "pixferry.db", timeout=30)) as database:
        return database.execute(query, values).fetchall()


def blob_files(data_dir) -> dict[str, bytes]:
    """Every file of the blob folder: its name and its bytes."""
    folder = data_dir / "blobs"
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def assert_exact(data_dir) -> None:
    """After a sweep: usage is what a recount says, every blob is whole, nothing is left over."""
    unpublished = rows(data_dir, "SELECT id FROM media WHERE published_at IS NULL")
    assert unpublished == []
    counted = "SELECT team_id, count(*), sum(filesize) FROM media WHERE team_id NOT NULL GROUP BY 1"
    truth = {team: (count, size) for team, count, size in rows(data_dir, counted)}
    for team, count, size in rows(
        data_dir, "SELECT team_id, media_count, storage_bytes FROM usage"
    ):
        assert (count, size) == truth.get(team, (0, 0)), f"usage of team {team} is off"
    held = rows(data_dir, "SELECT blob_id FROM media UNION SELECT sidecar_id FROM media")
    known = rows(data_dir, "SELECT id, sha256, size FROM blobs WHERE doomed_at IS NULL")
    assert {one for (one,) in held if one} == {one for one, _, _ in known}
    assert rows(data_dir, "SELECT id FROM blobs WHERE doomed_at NOT NULL") == []
    files = blob_files(data_dir)
    assert set(files) == {one for one, _, _ in known}
    for one, sha256, size in known:
        assert len(files[one]) == size
        assert hashlib.sha256(files[one]).hexdigest() == sha256
    assert list((data_dir / "work").glob("*")) == []


def plant(data_dir, count: int, expires_at: datetime, email: str) -> list[str]:
    """Put `count` images, each with bytes of its own, straight into a server's data.

    They belong to the person of that address. Gives their ids.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    media, blobs = [], []
    for number in range(count):
        data = f"picture {number} {secrets.token_hex(8)}".encode()
        blob_id = secrets.token_hex(16)
        path = data_dir / "blobs" / blob_id[:2] / blob_id[2:4] / blob_id
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        blobs.append((blob_id, hashlib.sha256(data).hexdigest(), len(data), now, now))
        media.append((new_media_id(), blob_id, len(data)))
    ends = expires_at.astimezone(UTC).replace(tzinfo=None)
    with closing(sqlite3.connect(data_dir / "pixferry.db", timeout=30)) as database, database:
        team, user = database.execute(
            "SELECT team_id, user_id FROM memberships JOIN users ON users.id = user_id "
            "WHERE email = ?",
            (email,),
        ).fetchone()
        database.executemany(
            "INSERT INTO blobs (id, sha256, size, created_at, stored_at) VALUES (?, ?, ?, ?, ?)",
            [(*blob[:3], *map(_text, blob[3:])) for blob in blobs],
        )
        database.executemany(
            "INSERT INTO media (id, team_id, user_id, blob_id, format, width, height, animated, "
            "filesize, attribution, public, nsfw, listed, views, created_at, published_at, "
            "expires_at) VALUES (?, ?, ?, ?, 'jpeg', 1, 1, 0, ?, '{}', 1, 0, 0, 0, ?, ?, ?)",
            [
                (one, team, user, blob_id, size, _text(now), _text(now), _text(ends))
                for one, blob_id, size in media
            ],
        )
        database.execute(
            "UPDATE usage SET media_count = media_count + ?, storage_bytes = storage_bytes + ? "
            "WHERE team_id = ?",
            (count, sum(size for _, _, size in media), team),
        )
    return [one for one, _, _ in media]


def _text(moment: datetime) -> str:
    """A time as SQLAlchemy writes it into SQLite."""
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f")
