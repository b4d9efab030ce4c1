"""What every BlobStore must do."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from core.adapters.blobs_folder import FolderBlobStore
from core.errors import BlobMissing


def new_id() -> str:
    return secrets.token_hex(16)


def file(tmp_path, data: bytes):
    path = tmp_path / secrets.token_hex(4)
    path.write_bytes(data)
    return path


async def content(blobs, blob_id, start, end) -> bytes:
    async with aclosing(blobs.read(blob_id, start, end)) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def listed(blobs, **ahead) -> list[str]:
    before = datetime.now(UTC) + timedelta(**ahead)
    return [one async for portion in blobs.list_older(before) for one in portion]


async def test_what_is_put_is_read(blobs, tmp_path):
    data = secrets.token_bytes(700_000)
    one = new_id()
    await blobs.put(one, file(tmp_path, data))
    assert await content(blobs, one, 0, len(data)) == data


@pytest.mark.parametrize(
    ("start", "end"), [(0, 1), (5, 6), (0, 300_000), (262_143, 262_145), (699_999, 700_000), (9, 9)]
)
async def test_a_range_is_exactly_those_bytes(blobs, tmp_path, start, end):
    data = secrets.token_bytes(700_000)
    one = new_id()
    await blobs.put(one, file(tmp_path, data))
    assert await content(blobs, one, start, end) == data[start:end]


async def test_the_source_is_left_and_is_not_the_blob(blobs, tmp_path):
    source = file(tmp_path, b"first")
    one = new_id()
    await blobs.put(one, source)
    assert source.read_bytes() == b"first"
    source.unlink()
    assert await content(blobs, one, 0, 5) == b"first"


async def test_to_put_twice_is_to_put_once(blobs, tmp_path):
    one = new_id()
    for _ in range(2):
        await blobs.put(one, file(tmp_path, b"same"))
    assert await content(blobs, one, 0, 4) == b"same"
    assert await listed(blobs, hours=1) == [one]


async def test_many_puts_of_one_blob_at_once(blobs, tmp_path):
    data = secrets.token_bytes(100_000)
    one = new_id()
    await asyncio.gather(*(blobs.put(one, file(tmp_path, data)) for _ in range(12)))
    assert await content(blobs, one, 0, len(data)) == data
    assert await listed(blobs, hours=1) == [one]


async def test_a_blob_that_is_put_again_stays_readable_meanwhile(blobs, tmp_path):
    data = secrets.token_bytes(2_000_000)
    one = new_id()
    await blobs.put(one, file(tmp_path, data))
    putting = [asyncio.create_task(blobs.put(one, file(tmp_path, data))) for _ in range(4)]
    for _ in range(4):
        assert await content(blobs, one, 0, len(data)) == data
    await asyncio.gather(*putting)


async def test_a_missing_blob(blobs):
    with pytest.raises(BlobMissing):
        await content(blobs, new_id(), 0, 10)


async def test_a_blob_shorter_than_asked_for_is_not_passed_off_as_whole(blobs, tmp_path):
    one = new_id()
    await blobs.put(one, file(tmp_path, b"12345"))
    with pytest.raises(BlobMissing):
        await content(blobs, one, 0, 6)


async def test_removing(blobs, tmp_path):
    kept, removed = new_id(), new_id()
    for one in (kept, removed):
        await blobs.put(one, file(tmp_path, b"x"))
    await blobs.remove([removed, new_id()])  # one that is absent is fine
    await blobs.remove([removed])
    await blobs.remove([])
    with pytest.raises(BlobMissing):
        await content(blobs, removed, 0, 1)
    assert await content(blobs, kept, 0, 1) == b"x"


async def test_a_reader_that_has_begun_may_finish_though_the_blob_is_removed(blobs, tmp_path):
    data = secrets.token_bytes(900_000)
    one = new_id()
    await blobs.put(one, file(tmp_path, data))
    async with aclosing(blobs.read(one, 0, len(data))) as chunks:
        got = await anext(chunks)
        await blobs.remove([one])
        async for chunk in chunks:
            got += chunk
    assert got == data


async def test_listing_knows_age(blobs, tmp_path):
    ids = {new_id() for _ in range(20)}
    assert await listed(blobs, hours=1) == []
    for one in ids:
        await blobs.put(one, file(tmp_path, b"x"))
    assert sorted(await listed(blobs, hours=1)) == sorted(ids)
    assert await listed(blobs, hours=-1) == []


async def test_checking_leaves_nothing(blobs):
    await blobs.check()
    assert await listed(blobs, hours=1) == []


async def test_a_blob_that_is_a_local_file_is_located(blobs, tmp_path):
    one = new_id()
    await blobs.put(one, file(tmp_path, b"picture"))
    found = await blobs.locate(one)
    assert found is None or found.read_bytes() == b"picture"
    assert await blobs.locate(new_id()) is None


async def test_the_folder_s_blobs_are_local_files(tmp_path):
    folder = tmp_path / "blobs"
    folder.mkdir()
    store, one = FolderBlobStore(folder), new_id()
    await store.put(one, file(tmp_path, b"picture"))
    assert await store.locate(one)
    await store.close()
