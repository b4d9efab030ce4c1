"""Faults, what is out of reach, and time, in the shape of img.pro's API 1.0."""

from __future__ import annotations

import aiohttp
import pictures
import pytest

from core.adapters.blobs_folder import FolderBlobStore
from core.errors import FetchTimedOut, Unavailable

pytestmark = pytest.mark.any_backing

PREFIX = "/compat/img.pro/1.0"


class BrokenStore(FolderBlobStore):
    async def put(self, blob_id, source):
        raise RuntimeError("secret: /etc/passwd")


class AwayStore(FolderBlobStore):
    async def put(self, blob_id, source):
        raise Unavailable


class Fetches:
    """A fetcher that always fails in one way."""

    def __init__(self, err) -> None:
        self._err = err

    async def fetch(self, url, target, max_bytes):
        raise self._err

    async def close(self):
        pass


async def upload(server, headers, **fields):
    form = aiohttp.FormData(fields)
    form.add_field("file", pictures.jpeg(), filename="photo.jpg")
    return await server.call("POST", f"{PREFIX}/v1/upload", data=form, headers=headers)


async def test_a_fault_names_the_request_and_nothing_else(local, tmp_path):
    (tmp_path / "blobs").mkdir()
    async with local({"blobs": BrokenStore(tmp_path / "blobs")}) as server:
        status, headers, told = await upload(server, await server.key())
    assert status == 500
    assert told == {"error": told["error"], "code": "upload_failed"}
    assert headers["X-Request-Id"] in told["error"]
    assert "passwd" not in told["error"]
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["X-RateLimit-Limit"] == "100"


async def test_what_is_out_of_reach_says_when_to_come_back(local, tmp_path):
    (tmp_path / "blobs").mkdir()
    async with local({"blobs": AwayStore(tmp_path / "blobs")}) as server:
        status, headers, told = await upload(server, await server.key())
    assert (status, told) == (503, {"error": told["error"], "code": "unavailable"})
    assert int(headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("err", "status", "code"),
    [(FetchTimedOut(), 504, "fetch_timeout"), (RuntimeError("secret"), 500, "import_failed")],
    ids=["too slow", "a fault"],
)
async def test_imports_that_fail(local, err, status, code):
    async with local({"fetcher": Fetches(err)}) as server:
        found, _, told = await server.call(
            "POST",
            f"{PREFIX}/v1/import",
            json={"url": "https://example.com/a.jpg"},
            headers=await server.key(),
        )
    assert (found, told) == (status, {"error": told["error"], "code": code})
    assert "secret" not in told["error"]


async def test_an_image_ends_to_the_second(local, clock):
    async with local({"clock": clock}) as server:
        key = await server.key()
        _, _, made = await upload(server, key, ttl="5m")
        assert made["expires_at"] == int(clock.now().timestamp()) + 300
        path = f"{PREFIX}/v1/media/{made['id']}"
        clock.step(seconds=299)
        assert (await server.call("GET", path))[0] == 200
        clock.step(seconds=1)
        status, _, told = await server.call("GET", path, headers=key)
        assert (status, told) == (404, {"error": "Media not found"})
        status, _, told = await server.call("DELETE", path, headers=key)
        assert (status, told) == (404, {"error": "Media not found", "code": "not_found"})
        _, _, told = await server.call("DELETE", f"{PREFIX}/v1/media?ids={made['id']}", headers=key)
        assert told["ids"] == {"deleted": [], "not_found": [made["id"]]}


async def test_a_body_that_stalls_is_told(local):
    async with local(stall_timeout=0.2) as server:
        key = await server.key()
        status, _, told = await server.call(
            "POST", f"{PREFIX}/v1/import", data=_stalling(), headers=key
        )
    assert (status, told) == (408, {"error": told["error"], "code": "request_timeout"})


async def _stalling():
    import asyncio

    yield b"{"
    await asyncio.sleep(2)
    yield b"}"
