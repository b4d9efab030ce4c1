"""Faults, and what is out of reach, in the shape of imglink.cc's API; uploads of several files amid."""

from __future__ import annotations

import asyncio

import aiohttp
import pictures
import pytest

from core.adapters.blobs_folder import FolderBlobStore
from core.errors import Unavailable

API = "/compat/imglink.cc/api"
FILES = [pictures.jpeg(seed=number) for number in range(3)]


class FailingStore(FolderBlobStore):
    """Fails at the second blob of its life."""

    def __init__(self, folder, err) -> None:
        super().__init__(folder)
        self._failure, self._count = err, 0

    async def put(self, blob_id, source):
        self._count += 1
        if self._count == 2:
            raise self._failure
        await super().put(blob_id, source)


async def upload(server, headers):
    form = aiohttp.FormData()
    for number, data in enumerate(FILES):
        form.add_field("file", data, filename=f"{number}.jpg")
    return await server.call("POST", f"{API}/v1/upload", data=form, headers=headers)


async def use(server):
    """Uploads, images and bytes of the only one there is."""
    while True:
        ((_, _, used),) = await server.core.accounts.list_users()
        if not used.media_stored:  # undoing goes on for a moment after the answer
            return used.uploads, used.media_stored, used.storage_bytes
        await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    ("err", "expected"), [(RuntimeError("secret: /etc/passwd"), 500), (Unavailable(), 503)]
)
async def test_several_files_of_which_one_can_not_be_stored(local, tmp_path, err, expected):
    (tmp_path / "blobs").mkdir()
    async with local({"blobs": FailingStore(tmp_path / "blobs", err)}) as server:
        key = await server.key()
        status, headers, told = await upload(server, key)
        assert (status, set(told)) == (expected, {"error"})
        assert "passwd" not in told["error"]
        assert (headers["X-Request-Id"] in told["error"]) == (expected == 500)
        assert ("Retry-After" in headers) == (expected == 503)
        async with asyncio.timeout(60):
            assert await use(server) == (0, 0, 0)
        status, _, body = await upload(server, key)
        assert (status, len(body["images"])) == (200, 3)


async def test_several_files_of_which_one_can_not_be_published(local, monkeypatch):
    async with local() as server:
        key, catalog = await server.key(), server.core.uploads._catalog
        publish, seen = catalog.publish, []

        async def failing(media, now):
            seen.append(media.id)
            if len(seen) == 3:
                raise Unavailable
            await publish(media, now)

        monkeypatch.setattr(catalog, "publish", failing)
        assert (await upload(server, key))[0] == 503
        async with asyncio.timeout(60):
            _, images, size = await use(server)
        assert (images, size) == (0, 0)
        for media in seen:
            assert (await server.call("GET", f"{API}/v1/image/{media}", headers=key))[0] == 404
