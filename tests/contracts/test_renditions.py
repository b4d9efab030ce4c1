"""What every RenditionStore must do."""

from __future__ import annotations

import asyncio
import errno
import os
import secrets
import time
from contextlib import aclosing, closing

import pytest

from core.adapters.renditions_folder import DRAFT_LIFE, FolderRenditionStore

LIMIT = 100_000
HOUR = 3_600


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "derived"


@pytest.fixture
async def store(folder):
    """An empty store that may hold 100,000 bytes."""
    opened = FolderRenditionStore(folder, LIMIT)
    yield opened
    await opened.close()


def blob() -> str:
    return secrets.token_hex(16)


@pytest.fixture
def made(tmp_path):
    """A finished file of those bytes."""

    def make(data: bytes):
        path = tmp_path / secrets.token_hex(4)
        path.write_bytes(data)
        return path

    return make


async def read(content, start=0, end=None) -> bytes:
    async with aclosing(content.stream(start, content.size if end is None else end)) as chunks:
        return b"".join([chunk async for chunk in chunks])


async def kept(store, blob_id, name="a.webp"):
    """The bytes that the store has, or None."""
    found = await store.find(blob_id, name)
    if found is None:
        return None
    with closing(found):
        return await read(found)


async def keep(store, blob_id, name, source) -> bytes:
    with closing(await store.take(blob_id, name, source)) as content:
        return await read(content)


def grow_old(folder, blob_id, seconds):
    """Its files were used last so long ago."""
    then = time.time() - seconds
    for path in (folder / blob_id[:2] / blob_id).iterdir():
        os.utime(path, (then, then))


async def test_what_is_taken_is_given_at_once_and_later(store, made):
    data = secrets.token_bytes(90_000)
    one = blob()
    assert await keep(store, one, "a.webp", made(data)) == data
    assert await kept(store, one) == data
    assert await kept(store, one, "b.webp") is None
    assert await kept(store, blob()) is None


@pytest.mark.parametrize(("start", "end"), [(0, 1), (5, 6), (0, 300_000), (262_143, 262_145)])
async def test_a_range_is_exactly_those_bytes(folder, made, start, end):
    store = FolderRenditionStore(folder, 1 << 20)
    data = secrets.token_bytes(300_000)
    with closing(await store.take(blob(), "a.webp", made(data))) as content:
        assert content.size == len(data)
        assert await read(content, start, end) == data[start:end]
    await store.close()


async def test_without_a_name_nothing_is_kept(store, made, folder):
    assert await keep(store, blob(), None, made(b"private")) == b"private"
    assert not folder.exists()


async def test_a_rendition_that_goes_while_it_is_read_is_read_to_its_end(store, made):
    one = blob()
    await keep(store, one, "a.webp", made(b"long enough"))
    with closing(await store.find(one, "a.webp")) as content:
        await store.remove([one])
        assert await read(content) == b"long enough"
    assert await kept(store, one) is None


async def test_to_remove_a_blob_removes_all_that_was_made_of_it(store, made, folder):
    one, other = blob(), blob()
    for name in ("a.webp", "b.png"):
        await keep(store, one, name, made(b"1"))
        await keep(store, other, name, made(b"2"))
    await store.remove([one, blob()])
    assert [await kept(store, one, name) for name in ("a.webp", "b.png")] == [None, None]
    assert await kept(store, other) == b"2"
    assert [ids async for ids in store.list_blobs()] == [[other]]
    assert not list(folder.rglob(f"*{one}*"))


async def test_blobs_are_listed_in_portions(store, made, monkeypatch):
    monkeypatch.setattr("core.adapters.renditions_folder.PORTION", 2)
    ids = ["aa" + secrets.token_hex(15) for _ in range(5)]
    for one in ids:
        await keep(store, one, "a.webp", made(b"1"))
    portions = [portion async for portion in store.list_blobs()]
    assert [len(portion) for portion in portions] == [2, 2, 1]
    assert sorted(one for portion in portions for one in portion) == sorted(ids)


async def test_within_the_limit_nothing_goes(store, made):
    ids = [blob() for _ in range(4)]
    for one in ids:
        await keep(store, one, "a.webp", made(bytes(LIMIT // 4)))
    assert await store.trim() == 0
    assert [await kept(store, one) for one in ids] == [bytes(LIMIT // 4)] * 4


async def test_what_was_used_least_recently_goes_first(store, made, folder):
    ids = [blob() for _ in range(15)]
    for age, one in enumerate(ids):
        await keep(store, one, "a.webp", made(bytes(10_000)))
        grow_old(folder, one, (15 - age) * HOUR)
    assert await store.trim() == 6  # the limit, less a tenth
    assert [await kept(store, one) is None for one in ids] == [True] * 6 + [False] * 9
    assert len(list(folder.glob("*/*"))) == 9  # empty folders go along


async def test_of_what_was_used_at_one_time_no_more_goes_than_must(store, made, folder):
    for _ in range(15):
        one = blob()
        await keep(store, one, "a.webp", made(bytes(10_000)))
        grow_old(folder, one, 0)
    assert await store.trim() in {6, 7}  # files of two minutes, if one begins right now


async def test_use_keeps_a_rendition(store, made, folder):
    old, used = blob(), blob()
    for one in (old, used):
        await keep(store, one, "a.webp", made(bytes(60_000)))
        grow_old(folder, one, 2 * HOUR)
    await kept(store, used)
    assert await store.trim() == 1
    assert await kept(store, old) is None
    assert await kept(store, used) == bytes(60_000)


async def test_uses_within_an_hour_are_noted_once(store, made, folder):
    one = blob()
    await keep(store, one, "a.webp", made(b"1"))
    grow_old(folder, one, HOUR / 2)
    file = next(folder.glob("*/*/*"))
    before = file.stat().st_mtime
    await kept(store, one)
    assert file.stat().st_mtime == before
    grow_old(folder, one, HOUR * 2)
    await kept(store, one)
    assert file.stat().st_mtime > before


async def test_a_rendition_larger_than_the_limit_is_given_and_not_kept(store, made, folder):
    data = bytes(LIMIT + 1)
    assert await keep(store, blob(), "a.webp", made(data)) == data
    assert not folder.exists()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
async def test_where_nothing_can_be_kept_it_is_given_all_the_same(store, made, code, monkeypatch):
    one, source = blob(), made(b"picture")

    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("os.fsync", refuse)
    assert await keep(store, one, "a.webp", source) == b"picture"
    assert await kept(store, one) is None


async def test_of_a_folder_that_is_none_everything_is_made_again(tmp_path, made):
    file = tmp_path / "derived"
    file.write_text("not a folder")
    store = FolderRenditionStore(file, LIMIT)
    one = blob()
    assert await keep(store, one, "a.webp", made(b"picture")) == b"picture"
    assert await kept(store, one) is None
    await store.remove([one])
    await store.close()


async def test_many_that_keep_one_rendition_at_once_keep_it_whole(store, made):
    one, data = blob(), secrets.token_bytes(50_000)
    sources = [made(data) for _ in range(8)]
    assert await asyncio.gather(*(keep(store, one, "a.webp", path) for path in sources)) == (
        [data] * 8
    )
    assert await kept(store, one) == data


async def test_another_disk_is_copied_to(store, made, monkeypatch):
    from pathlib import Path

    rename = Path.rename

    def across(self, target):
        if self.suffix != ".part":
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", across)
    one = blob()
    assert await keep(store, one, "a.webp", made(b"picture")) == b"picture"
    assert await kept(store, one) == b"picture"


async def test_drafts_that_a_crash_left_go(store, made, folder):
    one = blob()
    await keep(store, one, "a.webp", made(b"picture"))
    fresh, stale = (folder / one[:2] / one / f"{name}.part" for name in ("fresh", "stale"))
    for draft, age in ((fresh, 0), (stale, DRAFT_LIFE + 60)):
        draft.write_bytes(b"half a pict")
        os.utime(draft, (time.time() - age,) * 2)
    await store.trim()
    assert fresh.exists()
    assert not stale.exists()
    assert await kept(store, one) == b"picture"


async def test_what_is_kept_is_measured_in_every_process(store, made, folder):
    one, other = blob(), blob()
    await keep(store, one, "a.webp", made(b"picture"))
    await keep(store, one, "b.webp", made(b"another picture"))
    await keep(store, other, "c.webp", made(b"picture"))
    beside = FolderRenditionStore(folder, LIMIT)
    for process in (store, beside):
        found = await process.measure(one, ["a.webp", "b.webp", "c.webp", "d.webp"])
        assert found == {"a.webp": 7, "b.webp": 15}
        assert await process.measure(blob(), ["a.webp"]) == {}
    await beside.close()
