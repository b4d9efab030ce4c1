"""What is the folder's own: crashes, failures of the disk."""

from __future__ import annotations

import os
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

import pytest

from core.adapters.blobs_folder import FolderBlobStore
from core.errors import Unavailable

ONE = "ab" * 16


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "blobs"
    made.mkdir()
    return made


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"bytes")
    return path


async def listed(store):
    later = datetime.now(UTC) + timedelta(hours=1)
    return [one async for portion in store.list_older(later) for one in portion]


async def test_what_a_crash_left_is_listed_and_can_be_removed(folder):
    """A draft of `put`, and the probe of `check`."""
    store = FolderBlobStore(folder)
    left = [f"{ONE}.0123456789abcdef", "0000.probe.0123456789abcdef"]
    for name in left:
        path = folder / name[:2] / name[2:4] / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"half")
    assert sorted(await listed(store)) == sorted(left)
    await store.remove(left)
    assert await listed(store) == []


async def test_a_failed_put_leaves_no_draft(folder, source):
    store = FolderBlobStore(folder)
    target = folder / "ab" / "ab" / ONE
    target.mkdir(parents=True)  # a file can't be renamed over a folder
    with pytest.raises(Unavailable):
        await store.put(ONE, source)
    assert list(target.parent.iterdir()) == [target]


async def test_a_copy_on_another_disk_is_whole(folder, source):
    shared = "/dev/shm"  # another file system, so that no second name can be given
    if not os.path.isdir(shared) or os.stat(shared).st_dev == os.stat(folder).st_dev:
        pytest.skip("there is no second disk here")
    path = f"{shared}/pixferry-test-{os.getpid()}"
    try:
        with open(path, "wb") as out:
            out.write(b"other disk")
        store = FolderBlobStore(folder)
        await store.put(ONE, type(source)(path))
        assert (folder / "ab" / "ab" / ONE).read_bytes() == b"other disk"
    finally:
        os.unlink(path)


async def calls(store, source):
    async def read():
        async with aclosing(store.read(ONE, 0, 1)) as chunks:
            await anext(chunks)

    async def list_all():
        await listed(store)

    return {
        "put": store.put(ONE, source),
        "read": read(),
        "remove": store.remove([ONE]),
        "list": list_all(),
        "check": store.check(),
    }


@pytest.mark.parametrize("place", ["missing", "file"])
@pytest.mark.parametrize("name", ["put", "read", "remove", "list", "check"])
async def test_every_method_says_that_the_storage_is_gone(tmp_path, source, place, name):
    folder = tmp_path / "blobs"
    if place == "file":
        folder.write_text("not a folder")
    found = await calls(FolderBlobStore(folder), source)
    wanted = found.pop(name)
    for other in found.values():
        other.close()
    with pytest.raises(Unavailable) as caught:
        await wanted
    assert str(tmp_path) not in caught.value.public
    assert not folder.is_dir(), "nothing is made in its place"
