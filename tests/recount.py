"""What a server's data says when it is counted anew, row by row and blob by blob."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime

from stored import blobs, insert, put_blobs, rows

from core.ids import new_media_id


def assert_exact(data_dir) -> None:
    """After a sweep: usage is what a recount says, every blob is whole, nothing is left over."""
    unpublished = rows(data_dir, "SELECT id FROM media WHERE published_at IS NULL")
    assert unpublished == []
    counted = (
        "SELECT team_id, count(*), sum(filesize) FROM media WHERE team_id IS NOT NULL GROUP BY 1"
    )
    truth = {team: (count, size) for team, count, size in rows(data_dir, counted)}
    for team, count, size in rows(
        data_dir, "SELECT team_id, media_count, storage_bytes FROM usage"
    ):
        assert (count, size) == truth.get(team, (0, 0)), f"usage of team {team} is off"
    held = rows(data_dir, "SELECT blob_id FROM media UNION SELECT sidecar_id FROM media")
    known = rows(data_dir, "SELECT id, sha256, size FROM blobs WHERE doomed_at IS NULL")
    assert {one for (one,) in held if one} == {one for one, _, _ in known}
    assert rows(data_dir, "SELECT id FROM blobs WHERE doomed_at IS NOT NULL") == []
    found = blobs(data_dir)
    assert set(found) == {one for one, _, _ in known}
    for one, sha256, size in known:
        assert len(found[one]) == size
        assert hashlib.sha256(found[one]).hexdigest() == sha256
    assert list((data_dir / "work").glob("*")) == []


def plant(data_dir, count: int, expires_at: datetime, email: str, *, sharing: int = 1) -> list[str]:
    """Put `count` images straight into a server's data; `sharing` of them have the same bytes.

    They belong to the person of that address. Gives their ids.
    """
    now = datetime.now(UTC)
    made = {
        secrets.token_hex(16): f"picture {number} {secrets.token_hex(8)}".encode()
        for number in range(count // sharing)
    }
    put_blobs(data_dir, made)
    ((team, user),) = rows(
        data_dir,
        "SELECT team_id, user_id FROM memberships JOIN users ON users.id = user_id WHERE email = ?",
        email,
    )
    insert(
        data_dir,
        "INSERT INTO blobs (id, sha256, size, created_at, stored_at) VALUES (?, ?, ?, ?, ?)",
        [
            (one, hashlib.sha256(data).hexdigest(), len(data), now, now)
            for one, data in made.items()
        ],
    )
    media = [
        (new_media_id(), team, user, one, len(data), now, now, expires_at)
        for one, data in made.items()
        for _ in range(sharing)
    ]
    insert(
        data_dir,
        "INSERT INTO media (id, team_id, user_id, blob_id, format, width, height, animated, "
        "filesize, attribution, public, nsfw, listed, created_at, published_at, "
        "expires_at) VALUES (?, ?, ?, ?, 'jpeg', 1, 1, FALSE, ?, '{}', TRUE, FALSE, FALSE, ?, "
        "?, ?)",
        media,
    )
    rows(
        data_dir,
        "UPDATE usage SET media_count = media_count + ?, storage_bytes = storage_bytes + ? "
        "WHERE team_id = ?",
        len(media),
        sum(size for *_, size, _, _, _ in media),
        team,
    )
    return [media_id for media_id, *_ in media]
