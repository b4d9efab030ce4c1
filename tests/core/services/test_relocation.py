"""What happens to blobs just while they are moved."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest

from core.adapters.blobs_folder import FolderBlobStore
from core.errors import BlobMissing, StorageFull, Unavailable
from core.model import Blob
from core.services import relocation
from core.services.blob_pair import BlobPair
from core.services.relocation import Relocation


class Records:
    """Says what a test has it say."""

    def __init__(self) -> None:
        self.blobs, self.late, self.dead = {}, {}, set()

    async def count_stored(self):
        return len(self.blobs), sum(blob.size for blob in self.blobs.values())

    async def list_stored(self, after, limit, since=None):
        known = self.blobs if since is None else self.late
        return sorted(
            (blob for one, blob in known.items() if after is None or one > after),
            key=lambda blob: blob.id,
        )[:limit]

    async def dead_blobs(self, blob_ids):
        return [one for one in blob_ids if one in self.dead]


class Watched(FolderBlobStore):
    """A folder that calls `on_read` and `on_put` before it does its work."""

    def __init__(self, folder) -> None:
        folder.mkdir()
        super().__init__(folder)
        self.on_read = self.on_put = lambda _: None

    async def read(self, blob_id, start, end):
        self.on_read(blob_id)
        async for chunk in super().read(blob_id, start, end):
            yield chunk

    async def put(self, blob_id, source):
        self.on_put(blob_id)
        await super().put(blob_id, source)


@pytest.fixture
async def setting(tmp_path, clock):
    setting = Setting(tmp_path, clock)
    yield setting
    await setting.source.close()
    await setting.target.close()


class Setting:
    def __init__(self, tmp_path, clock) -> None:
        self.path, self.clock, self.records = tmp_path, clock, Records()
        self.source, self.target = Watched(tmp_path / "source"), Watched(tmp_path / "target")

    async def add(self, name, to=None):
        """Store a blob in the source; recorded at once, or in `to`."""
        data = f"blob {name}".encode()
        file = self.path / name
        file.write_bytes(data)
        blob = Blob(name * 32, sha256(data).hexdigest(), len(data))
        await self.source.put(blob.id, file)
        (self.records.blobs if to is None else to)[blob.id] = blob
        return blob

    async def move(self, **wishes):
        pair = BlobPair(self.source, self.target, self.path)
        life = timedelta(minutes=3)
        return await Relocation(
            self.records, pair, self.clock, reservation_life=life, **wishes
        ).run()

    def moved(self):
        return sorted(path.name[0] for path in (self.path / "target").rglob("*") if path.is_file())


async def test_a_blob_that_is_doomed_while_it_is_copied_is_taken_out_of_the_target(setting):
    blob = await setting.add("a")
    await setting.add("b")
    setting.target.on_put = lambda one: setting.records.dead.add(one) if one == blob.id else None
    done = await setting.move()
    assert setting.moved() == ["b"]
    assert done.lost == {}


async def test_a_blob_that_is_removed_before_it_is_copied_is_not_lost(setting):
    blob = await setting.add("a")
    await setting.source.remove([blob.id])
    setting.records.dead.add(blob.id)
    assert (await setting.move()).lost == {}
    setting.records.dead.clear()
    assert list((await setting.move()).lost) == [blob.id]


async def test_what_is_stored_while_it_runs_is_copied_too(setting):
    await setting.add("a")
    await setting.add("b", to=setting.records.late)
    done = await setting.move()
    assert setting.moved() == ["a", "b"]
    assert (done.blobs, done.seen, done.copied) == (1, 1, 2)


async def test_storages_that_are_away_for_a_moment_are_asked_again(setting, monkeypatch):
    monkeypatch.setattr(relocation, "PAUSES", (0.001, 0.001))
    await setting.add("a")
    tries = []

    def stumble(blob_id):
        if blob_id == "a" * 32:
            tries.append(blob_id)
            if len(tries) < 3:
                raise Unavailable

    setting.target.on_put = stumble
    assert (await setting.move()).copied == 1
    tries[:] = []
    setting.target.on_read = stumble
    await setting.target.remove(["a" * 32])
    assert (await setting.move()).copied == 1


@pytest.mark.parametrize(("error", "times"), [(Unavailable, 3), (StorageFull, 1)])
async def test_a_storage_that_stays_away_ends_it(setting, monkeypatch, error, times):
    monkeypatch.setattr(relocation, "PAUSES", (0.001, 0.001))
    await setting.add("a")
    tries = []

    def fail(blob_id):
        if blob_id == "a" * 32:
            tries.append(blob_id)
            raise error

    setting.target.on_put = fail
    with pytest.raises(error):
        await setting.move()
    assert len(tries) == times


async def test_the_source_keeps_what_the_target_loses_again(setting):
    blob = await setting.add("a")

    def lose(blob_id):
        if blob_id == blob.id:
            raise BlobMissing

    setting.target.on_read = lose
    assert list((await setting.move(remove_source=True)).lost) == [blob.id]
    assert [one async for one in setting.source.read(blob.id, 0, blob.size)] == [b"blob a"]


async def test_nothing_stays_in_the_work_folder(setting):
    await setting.add("a")
    before = sorted(setting.path.iterdir())
    await setting.move(verify=True, remove_source=True)
    assert sorted(setting.path.iterdir()) == before
