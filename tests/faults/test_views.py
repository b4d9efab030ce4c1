"""Views through ends, clean and not, and over several processes."""

from __future__ import annotations

import time

import backings
import pictures
import pytest
import requests
from markup import Page
from servers import running, start

pytestmark = pytest.mark.parametrize("backing", backings.KINDS, indirect=True, scope="session")

BOT = {"User-Agent": "Discordbot/2.0", "Accept": "text/html"}
SOON = 20


def from_address(address):
    return {"X-Forwarded-For": address, "Accept": "text/html"}


def images(server, count=1):
    """Images whose previews say how often they were looked at."""
    requests.post(
        f"{server.url}/v1/embeds",
        json={"name": "n", "description": "{views}", "default": True},
        headers=server.auth,
        timeout=30,
    )
    return [server.upload(pictures.jpeg(), headers=server.auth)["id"] for _ in range(count)]


def told(server, media_id):
    answer = server.get(f"/{media_id}", headers=BOT)
    assert answer.status_code == 200, answer.text
    return int(Page(answer.text).meta("og:description"))


def until_told(server, media_id, count):
    deadline = time.monotonic() + SOON
    while (found := told(server, media_id)) != count:
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def test_a_clean_end_loses_no_view(tmp_path):
    settings = {"TRUSTED_PROXIES": "127.0.0.1"}
    with running(tmp_path / "data", **settings) as server:
        ids = images(server, 3)
        for number, media_id in enumerate(ids, 1):
            for visitor in range(number):
                assert server.get(f"/{media_id}", headers=from_address(f"192.0.2.{visitor}")).ok
        assert server.stop() == 0
    with running(tmp_path / "data", **settings) as server:
        assert [told(server, media_id) for media_id in ids] == [1, 2, 3]


def test_a_kill_loses_the_last_seconds_of_views_and_no_more(tmp_path):
    settings = {"TRUSTED_PROXIES": "127.0.0.1"}
    server = start(tmp_path / "data", **settings)
    try:
        (media_id,) = images(server)
        server.get(f"/{media_id}", headers=from_address("192.0.2.1"))
        until_told(server, media_id, 1)
        server.get(f"/{media_id}", headers=from_address("192.0.2.2"))
    finally:
        server.kill()
    with running(tmp_path / "data", **settings) as server:
        assert told(server, media_id) in {1, 2}
        server.get(f"/{media_id}.jpg", headers=from_address("192.0.2.3"))
        before = told(server, media_id)
        until_told(server, media_id, before + 1)


def test_processes_count_together(backing, tmp_path):
    """With Redis, a visitor counts once whichever process they meet; else, once for each."""
    settings = {"TRUSTED_PROXIES": "127.0.0.1"}
    with (
        running(tmp_path / "data", **settings) as one,
        running(tmp_path / "data", **settings) as two,
    ):
        (media_id,) = images(one)
        for server in (one, two):
            for address in ("192.0.2.1", "192.0.2.2"):
                assert server.get(f"/{media_id}", headers=from_address(address)).ok
            until_told(server, media_id, 4 if server is two and backing.kind == "embedded" else 2)
        assert one.get(f"/{media_id}", headers=from_address("192.0.2.3")).ok
        until_told(two, media_id, 3 if backing.kind == "services" else 5)
