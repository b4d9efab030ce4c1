"""A hot picture goes a shorter way: with the same answer, by the same rules."""

from __future__ import annotations

import json

import pictures
import pytest
import requests
from wire import raw

PASSING = {"Date", "X-Request-Id"}
SIZES = {"copied behind its head": 60, "sent by itself": 300}


def lasting(answer):
    return {name: value for name, value in answer.headers.items() if name not in PASSING}


@pytest.fixture
def upload(server, teams):
    """Host a picture and have it hot; gives its id and its address."""

    def made(side=60, **fields):
        media = server.upload(pictures.grains(side), "a.png", headers=teams.ours, **fields)
        path = f"/{media['id']}.png"
        for _ in range(3):
            server.get(path, headers=teams.ours if fields.get("public") == "false" else {})
        return media["id"], path

    return made


@pytest.mark.parametrize("side", SIZES.values(), ids=SIZES)
def test_the_answer_is_that_of_the_long_way(server, upload, side):
    _, path = upload(side)
    hot, long = server.get(path), server.get(path + "?")
    assert (hot.status_code, hot.content) == (long.status_code, long.content)
    assert lasting(hot) == lasting(long)
    assert hot.headers["Server"] == "Pixferry"


def test_whoever_asks_for_less_or_more_gets_that(server, upload):
    _, path = upload()
    whole = server.get(path)
    tag = whole.headers["ETag"]
    assert server.get(path, headers={"If-None-Match": tag}).status_code == 304
    part = server.get(path, headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, whole.content[1:4])
    assert server.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
    head = requests.head(server.url + path, timeout=30)
    assert (head.content, lasting(head)) == (b"", lasting(whole))
    assert requests.post(server.url + path, timeout=30).status_code == 405
    assert server.get(path + "?blur=999").status_code == 422
    assert "attachment" in server.get(path + "?download=1").headers["Content-Disposition"]
    unheard = raw(
        server.port,
        f"GET {path} HTTP/1.1\r\nHost: x\r\nExpect: tea\r\nConnection: close\r\n\r\n".encode(),
    )
    assert unheard.status == 417


@pytest.mark.parametrize(("public", "status"), [("true", 410), ("false", 404)])
def test_a_deleted_picture_is_gone_at_once(server, teams, upload, public, status):
    media_id, path = upload(public=public)
    url = f"{server.url}/v1/media/{media_id}"
    assert requests.delete(url, headers=teams.ours, timeout=30).status_code == 204
    assert server.get(path).status_code == status


def test_a_picture_made_private_is_so_at_once(server, teams, upload):
    media_id, path = upload()
    for public, status in ((False, 404), (True, 200)) * 2:
        changed = requests.patch(
            f"{server.url}/v1/media/{media_id}",
            json={"public": public},
            headers=teams.ours,
            timeout=30,
        )
        assert changed.status_code == 200
        assert [server.get(path).status_code for _ in range(3)] == [status] * 3
        assert server.get(path, headers=teams.theirs).status_code == status


async def test_an_expired_picture_is_gone_to_the_second(local, clock):
    async with local({"clock": clock}) as server:
        _, _, made = await server.upload(pictures.jpeg(), ttl="300")
        path = f"/{made['id']}.jpeg"
        for left in (300, 120, 2):
            clock.step(seconds=made["expires_at"] - left - clock.now().timestamp())
            for _ in range(2):
                status, headers, _ = await server.call("GET", path)
                assert status == 200
                age = int(headers["Cache-Control"].partition("max-age=")[2].partition(",")[0])
                assert left - 1 <= age <= left
        clock.step(seconds=2)
        assert (await server.call("GET", path))[0] == 410


def test_it_is_logged_and_counted_as_any_request(server, upload):
    _, path = upload()

    def counted():
        name = 'pixferry_requests_total{method="GET",route="/{id}.{ext}",status="200"}'
        lines = server.get("/metrics").text.splitlines()
        return next(float(line.rpartition(" ")[2]) for line in lines if line.startswith(name))

    before = counted()
    told = server.get(path, headers={"X-Request-Id": "find-the-hot-one"})
    assert told.headers["X-Request-Id"] == "find-the-hot-one"
    assert counted() == before + 1
    lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line.get("request_id") == "find-the-hot-one"]
    assert (line["event"], line["method"], line["status"]) == ("request", "GET", 200)
    assert line["route"] == "/{id}.{ext}"
