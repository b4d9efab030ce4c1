"""Several files of one request: worked on side by side, recorded in their order."""

from __future__ import annotations

import asyncio

import aiohttp
import pictures

from core.adapters.imager import WorkerPool


class Awaiting(WorkerPool):
    """Has done with a request's first file once its fourth is done."""

    def __init__(self) -> None:
        super().__init__()
        self._fourth = asyncio.Event()
        self.done = []

    async def ingest(self, source, workspace):
        made = await super().ingest(source, workspace)
        if source.name == "received-0":
            await self._fourth.wait()
        elif source.name == "received-3":
            self._fourth.set()
        self.done.append(source.name)
        return made


async def test_later_files_do_not_wait_for_slow_ones_but_for_their_turn(local):
    form = aiohttp.FormData({"album": "Order"})
    files = [
        pictures.jpeg(seed=1),
        b"no picture",
        b"",
        pictures.jpeg(seed=2),
        pictures.jpeg(seed=3),
    ]
    for number, data in enumerate(files):
        form.add_field("files", data, filename=f"{number}.jpg")
    imager = Awaiting()
    async with local({"imager": imager}) as server:
        key = await server.key()
        path = "/compat/imglink.io/api/v1/upload/bulk"
        status, _, body = await server.call("POST", path, data=form, headers=key)
        _, _, listed = await server.call("GET", "/v1/media", headers=key)
    assert status == 200
    assert [one["filename"] for one in body["data"]] == [f"{number}.jpg" for number in range(5)]
    assert ["error" in one for one in body["data"]] == [False, True, True, False, False]
    assert imager.done[:2] == ["received-3", "received-0"]
    ids = [one["id"] for one in body["data"] if "id" in one]
    assert [one["id"] for one in listed["data"]] == ids[::-1]
