"""Faults, what is out of reach, bans and time, in the shape of imglink.io's API."""

from __future__ import annotations

import asyncio
from itertools import count

import aiohttp
import pictures
import pytest

from core.adapters.blobs_folder import FolderBlobStore
from core.errors import Unavailable

pytestmark = pytest.mark.any_backing

API = "/compat/imglink.io/api/v1"


class Failing(FolderBlobStore):
    """Fails in that way; with `at` only for that file."""

    def __init__(self, folder, err, at=None) -> None:
        folder.mkdir()
        super().__init__(folder)
        self._err, self._at, self._puts = err, at, count(1)

    async def put(self, blob_id, source):
        if next(self._puts) == self._at or self._at is None:
            raise self._err
        await super().put(blob_id, source)


async def send(server, *seeds, to="upload", headers=None, **fields):
    form = aiohttp.FormData(fields)
    for seed in seeds:
        name = "files" if to == "upload/bulk" else "file"
        form.add_field(name, pictures.jpeg(seed=seed), filename=f"{seed}.jpg")
    return await server.call("POST", f"{API}/{to}", data=form, headers=headers)


def failure(code, body):
    return {"success": False, "error": {"code": code, "message": body["error"]["message"]}}


async def test_a_fault_names_the_request_and_nothing_else(local, tmp_path):
    store = Failing(tmp_path / "blobs", RuntimeError("secret: /etc/passwd"))
    async with local({"blobs": store}) as server:
        status, headers, body = await send(server, 1)
    assert (status, body) == (500, failure("INTERNAL_ERROR", body))
    assert headers["X-Request-Id"] in body["error"]["message"]
    assert "passwd" not in body["error"]["message"]
    assert headers["Access-Control-Allow-Origin"] == "*"


async def test_a_fault_with_one_of_several_files_is_logged_and_told(local, tmp_path, capsys):
    store = Failing(tmp_path / "blobs", RuntimeError("secret"), at=2)
    async with local({"blobs": store}) as server:
        status, headers, body = await send(server, 1, 2, 3, to="upload/bulk")
    assert (status, body["success"]) == (200, True)
    first, second, third = body["data"]
    assert second == {"filename": "2.jpg", "error": failure("INTERNAL_ERROR", second)["error"]}
    assert headers["X-Request-Id"] in second["error"]["message"]
    assert [one["filename"] for one in (first, third)] == ["1.jpg", "3.jpg"]
    assert "secret" in capsys.readouterr().out
    assert "secret" not in str(body)


@pytest.mark.parametrize("to", ["upload", "upload/bulk"])
async def test_what_is_out_of_reach_says_when_to_come_back(local, tmp_path, to):
    async with local({"blobs": Failing(tmp_path / "blobs", Unavailable())}) as server:
        status, headers, body = await send(server, 1, to=to)
    assert status == 503
    each = failure("UNAVAILABLE", body)["error"]
    several = {"data": [{"filename": "1.jpg", "error": each}]} if "bulk" in to else {}
    assert body == failure("UNAVAILABLE", body) | several
    assert int(headers["Retry-After"]) > 0


async def test_a_body_that_stalls_is_told(local):
    async def stalling():
        yield b"--x\r\n"
        await asyncio.sleep(2)
        yield b"--x--"

    form = {"Content-Type": "multipart/form-data; boundary=x"}
    async with local(stall_timeout=0.2) as server:
        for to in ("upload", "upload/bulk"):
            status, _, body = await server.call(
                "POST", f"{API}/{to}", data=stalling(), headers=form
            )
            assert (status, body) == (408, failure("REQUEST_TIMEOUT", body))


async def test_a_form_that_ends_early_is_told(local):
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\nabc'
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    async with local() as server:
        answer = await server.call("POST", f"{API}/upload", data=part, headers=form)
        assert (answer[0], answer[2]["error"]["code"]) == (400, "NO_FILE")
        assert "broken" in answer[2]["error"]["message"]
        answer = await server.call(
            "POST", f"{API}/upload", data=part + b"\r\n--x\r\nContent", headers=form
        )
        assert (answer[0], answer[2]["error"]["code"]) == (400, "INVALID_PARAMETER")


async def test_a_ban_is_told(local):
    async with local() as server:
        key = await server.key("banned@example.org")
        await server.core.accounts.ban("banned@example.org", "spam", delete=False)
        for method, path in (("POST", "upload"), ("POST", "upload/bulk"), ("GET", "image/abc")):
            status, _, body = await server.call(method, f"{API}/{path}", headers=key)
            assert (status, body) == (403, failure("FORBIDDEN", body))
            assert "banned" in body["error"]["message"]


async def test_an_image_ends_to_the_second(local, clock):
    async with local({"clock": clock}) as server:
        key = await server.key()
        _, _, body = await send(server, 1, headers=key, expiry="1")
        path = f"{API}/image/{body['data']['id']}"
        clock.step(seconds=3_599)
        assert (await server.call("GET", path))[0] == 200
        clock.step(seconds=1)
        for method in ("GET", "DELETE"):
            status, _, body = await server.call(method, path, headers=key)
            assert (status, body) == (404, failure("NOT_FOUND", body))
