"""What the database says must be in the storage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.adapters.db.blob_records import SqlBlobRecords
from core.adapters.db.tables import BlobRow
from core.model import Blob

NOW = datetime(2026, 5, 17, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def records(databases):
    """Ten living blobs `0…` to `9…` that were stored an hour apart, and some that do not count."""

    def row(name, **more):
        return BlobRow(id=name * 32, sha256=name * 64, size=10, created_at=NOW, **more)

    async with databases[0].write() as session:
        session.add_all(row(str(n), stored_at=NOW + n * HOUR) for n in range(10))
        session.add(row("a"))  # being stored
        session.add(row("b", stored_at=NOW, doomed_at=NOW))
        session.add(row("c", stored_at=NOW + 20 * HOUR, suspect_at=NOW))  # perhaps rescued yet
    return SqlBlobRecords(databases[1])


async def test_stored_blobs_are_counted(records):
    assert await records.count_stored() == (11, 110)


async def test_stored_blobs_are_listed_page_by_page(records):
    listed, after = [], None
    while page := await records.list_stored(after, 4):
        assert len(page) <= 4
        listed += page
        after = page[-1].id
    assert [one.id[0] for one in listed] == list("0123456789c")
    assert listed[3] == Blob("3" * 32, "3" * 64, 10)


async def test_those_stored_since_a_time_are_listed_alone(records):
    found = await records.list_stored(None, 100, NOW + 8 * HOUR)
    assert [one.id[0] for one in found] == list("89c")


async def test_the_dead_are_those_that_are_doomed_or_unknown(records):
    ids = [name * 32 for name in "1abcd"]
    assert await records.dead_blobs(ids) == ["b" * 32, "d" * 32]
    assert await records.dead_blobs([]) == []
