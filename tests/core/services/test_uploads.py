"""What becomes of a reservation when storing fails or takes long."""

from __future__ import annotations

import asyncio

import pictures
import pytest
import recount

from core.adapters.blobs_folder import FolderBlobStore
from core.errors import StorageFull, Unavailable


class Moody(FolderBlobStore):
    """A folder whose `put` waits for `gate`, or fails with `error`."""

    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder)
        self.error = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.waiting = asyncio.Event()

    async def put(self, blob_id, source):
        self.waiting.set()
        await self.gate.wait()
        if self.error:
            raise self.error
        await super().put(blob_id, source)


@pytest.fixture
def moody(tmp_path):
    return Moody(tmp_path / "data" / "blobs")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Unavailable(seconds=7), 503, "unavailable"),
        (StorageFull(seconds=7), 503, "unavailable"),
        (RuntimeError("a fault of ours"), 500, "upload_failed"),
    ],
)
async def test_a_failed_store_counts_nothing_and_a_retry_succeeds(
    local, moody, tmp_path, error, status, code
):
    async with local({"blobs": moody}) as server:
        auth = await server.key()
        moody.error = error
        told = await server.upload(pictures.jpeg(), headers=auth, external_id="x")
        assert (told[0], told[2]["error"]) == (status, code)
        used = (await server.call("GET", "/v1/usage", headers=auth))[2]
        assert used["monthly"]["uploads"] == used["totals"]["media_stored"] == 0
        moody.error = None
        told = await server.upload(pictures.jpeg(), headers=auth, external_id="x")
        assert told[0] == 201
        await server.core.sweeper.sweep()
        recount.assert_exact(tmp_path / "data")


@pytest.mark.parametrize("succeeds", [True, False])
async def test_a_retry_of_what_is_being_stored_waits_for_its_end(local, moody, succeeds):
    async with local({"blobs": moody}) as server:
        auth = await server.key()
        moody.gate.clear()
        first = asyncio.create_task(server.upload(pictures.jpeg(), headers=auth, external_id="x"))
        await moody.waiting.wait()
        second = asyncio.create_task(server.upload(pictures.jpeg(), headers=auth, external_id="x"))
        await asyncio.sleep(0.3)
        assert not second.done()
        moody.error = None if succeeds else Unavailable()
        moody.gate.set()
        told = await first
        if succeeds:
            again = await second
            assert (told[0], again[0]) == (201, 409)
            assert again[2]["id"] == told[2]["id"]
        else:
            assert told[0] == 503
            moody.error = None
            assert (await second)[0] in {201, 503}


async def test_a_client_that_leaves_while_its_picture_is_stored_loses_nothing(
    local, moody, tmp_path
):
    """Either it is there, or nothing of it is; the count is right both ways."""
    async with local({"blobs": moody}) as server:
        auth = await server.key()
        moody.gate.clear()
        leaving = asyncio.create_task(server.upload(pictures.jpeg(), headers=auth))
        await moody.waiting.wait()
        leaving.cancel()
        await asyncio.wait({leaving})
        moody.gate.set()
        await server.upload(pictures.jpeg(seed=2), headers=auth)
        async with asyncio.timeout(30):
            while list((tmp_path / "data" / "work").iterdir()):
                await asyncio.sleep(0.01)
        await server.core.sweeper.sweep()
        recount.assert_exact(tmp_path / "data")
