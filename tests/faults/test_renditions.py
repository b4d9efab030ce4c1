"""Renditions under kill -9, and wanted of several processes at once: whole, and made once."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pictures
import requests
from servers import running, start


def made_of(data):
    return list((data / "derived").glob("*/*/*.png"))


def test_no_half_rendition_is_kept(tmp_path):
    data, rng = tmp_path / "data", random.Random(4)
    with running(data) as server:
        auth = server.auth
        made = server.upload(pictures.jpeg(400, 300), headers=auth)["id"]
    numbers = count(100)

    def ask(url):
        with contextlib.suppress(requests.RequestException):
            while True:
                brightness = f"{next(numbers) / 100:.2f}"
                path = f"{url}/{made}.png?brightness={brightness}"
                requests.get(path, headers=auth, timeout=30)

    for _ in range(4):
        server = start(data)
        askers = [threading.Thread(target=ask, args=(server.url,)) for _ in range(4)]
        for asker in askers:
            asker.start()
        before = len(made_of(data))
        while len(made_of(data)) < before + 4:
            time.sleep(0.02)
        time.sleep(rng.uniform(0, 0.5))
        server.kill()
        for asker in askers:
            asker.join()
    kept = made_of(data)
    assert len(kept) > 10
    for file in kept:
        assert pictures.opened(file.read_bytes()).size == (400, 300)
    with running(data) as server:
        path = f"/{made}.png?brightness=1.00&blur=1"
        assert pictures.opened(server.get(path).content).size == (400, 300)
        assert '"event": "fault"' not in server.log()


def test_over_several_processes_a_rendition_is_made_once(tmp_path, redis_server):
    """They share Redis, and the folder that it is kept in. A second try would be over the rate."""
    settings = {"REDIS_URL": redis_server.new_url(), "RENDER_RATE": "1/minute", "HOT_BYTES": 0}
    with (
        running(tmp_path / "data", **settings) as one,
        running(tmp_path / "data", **settings) as other,
    ):
        made = one.upload(pictures.jpeg(1_500, 1_000), headers=one.auth)
        path = f"/{made['id']}.webp?blur=9&size=xl"
        with ThreadPoolExecutor(24) as pool:
            answers = list(pool.map(lambda server: server.get(path), [one, other] * 12))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
        assert other.get(f"/{made['id']}.webp?blur=8").status_code == 429
