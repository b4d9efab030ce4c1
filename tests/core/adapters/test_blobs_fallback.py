"""Two storages as one."""

from __future__ import annotations

from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from core.adapters.blobs_fallback import FallbackBlobStore
from core.adapters.blobs_folder import FolderBlobStore
from core.errors import BlobMissing, Unavailable

ONE, TWO = "ab" * 16, "cd" * 16


@pytest.fixture
async def first(tmp_path):
    async with folder(tmp_path / "first") as store:
        yield store


@pytest.fixture
async def second(tmp_path):
    async with folder(tmp_path / "second") as store:
        yield store


def folder(path):
    path.mkdir()
    return aclosing(Closable(path))


class Closable(FolderBlobStore):
    async def aclose(self):
        await self.close()


async def put(store, blob_id, data, tmp_path):
    file = tmp_path / "file"
    file.write_bytes(data)
    await store.put(blob_id, file)
    file.unlink()


async def content(store, blob_id, size):
    async with aclosing(store.read(blob_id, 0, size)) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def listed(store):
    before = datetime.now(UTC) + timedelta(hours=1)
    return [one async for portion in store.list_older(before) for one in portion]


async def test_new_blobs_go_to_the_first(first, second, tmp_path):
    await put(FallbackBlobStore(first, second), ONE, b"new", tmp_path)
    assert await content(first, ONE, 3) == b"new"
    assert await listed(second) == []


async def test_what_the_first_lacks_is_read_from_the_second(first, second, tmp_path):
    await put(first, ONE, b"moved", tmp_path)
    await put(second, TWO, b"not yet", tmp_path)
    both = FallbackBlobStore(first, second)
    assert await content(both, ONE, 5) == b"moved"
    assert await content(both, TWO, 7) == b"not yet"
    with pytest.raises(BlobMissing):
        await content(both, "ef" * 16, 1)


async def test_a_blob_that_moves_between_the_two_looks_is_found(first, second, tmp_path):
    class Moving(Closable):
        """The second storage, which a move empties just as it is asked."""

        async def read(self, blob_id, start, end):
            await put(first, blob_id, b"just moved", tmp_path)
            await self.remove([blob_id])
            async for chunk in super().read(blob_id, start, end):
                yield chunk

    await put(second, ONE, b"just moved", tmp_path)
    emptied = Moving(tmp_path / "second")
    assert await content(FallbackBlobStore(first, emptied), ONE, 10) == b"just moved"
    await emptied.close()


async def test_removing_and_listing_is_for_both(first, second, tmp_path):
    both = FallbackBlobStore(first, second)
    for store in (first, second):
        await put(store, ONE, b"copied", tmp_path)
    await put(second, TWO, b"left", tmp_path)
    assert set(await listed(both)) == {ONE, TWO}
    await both.remove([ONE, TWO])
    assert await listed(both) == []


@pytest.mark.parametrize("gone", ["first", "second"])
async def test_one_that_is_away_is_told(first, second, tmp_path, gone):
    both = FallbackBlobStore(first, second)
    await both.check()
    (tmp_path / gone).rename(tmp_path / "away")
    with pytest.raises(Unavailable):
        await both.check()
    with pytest.raises(Unavailable):
        await both.remove([ONE])
