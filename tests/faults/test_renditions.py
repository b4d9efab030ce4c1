"""kill -9 while renditions are made: those that are kept are whole."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from itertools import count

import pictures
import requests
from servers import running, start


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
        time.sleep(rng.uniform(0.5, 1.5))
        server.kill()
        for asker in askers:
            asker.join()
    kept = list((data / "derived").glob("*/*/*.png"))
    assert len(kept) > 10
    for file in kept:
        assert pictures.opened(file.read_bytes()).size == (400, 300)
    with running(data) as server:
        path = f"/{made}.png?brightness=1.00&blur=1"
        assert pictures.opened(server.get(path).content).size == (400, 300)
        assert '"event": "fault"' not in server.log()
