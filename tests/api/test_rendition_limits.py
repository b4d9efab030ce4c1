"""What renditions may cost: each job, each address, all of them together."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pictures
import psutil
import pytest
from servers import running

EXPLOSIVE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="2560" height="2560">'
    + b'<g opacity="0.9">' * 240
    + b'<rect width="2560" height="2560"/>'
    + b"</g>" * 240
    + b"</svg>"
)
"""A few bytes that take gigabytes and a minute to draw: layers, one within the other."""


def many(server, paths):
    with ThreadPoolExecutor(len(paths)) as pool:
        return list(pool.map(server.get, paths))


@pytest.mark.any_backing
def test_a_job_that_breaks_its_limit_is_422_and_costs_no_other(backing, tmp_path):
    with running(tmp_path / "data", RENDER_TIMEOUT=2, WORKERS=1) as own:
        bomb = own.upload(EXPLOSIVE, "a.svg", own.auth)
        photo = own.upload(pictures.jpeg(400, 300), headers=own.auth)
        refused = own.get(f"/{bomb['id']}.png")
        assert refused.status_code == 422
        assert refused.json()["error"] == "validation_error"
        assert "takes too" in refused.json()["message"]
        assert own.get(f"/{photo['id']}.png?size=s").status_code == 200
        assert own.get(f"/{bomb['id']}.svg").status_code == 200
        assert own.get(f"/{bomb['id']}.png").status_code == 422
        by_time, by_memory = "took over 2 s and was ended", "render ended its worker"
        ended = own.log().count(by_time) + own.log().count(by_memory)  # whichever it meets first
        assert ended == 1, "it is not tried again at once"


def freeze_worker(server):
    """Have the one worker that is kept warm do nothing from now on."""
    for child in psutil.Process(server.process.pid).children():
        if "core.imaging.worker" in child.cmdline():
            child.send_signal(signal.SIGSTOP)


@pytest.mark.any_backing
def test_where_the_queue_is_full_it_is_503_at_once(backing, tmp_path):
    settings = {"RENDER_TIMEOUT": 4, "WORKERS": 1, "WORKER_QUEUE": 1}
    with running(tmp_path / "data", **settings) as own:
        made = own.upload(pictures.jpeg(400, 300), headers=own.auth)
        freeze_worker(own)
        answers = many(own, [f"/{made['id']}.png?blur={radius}" for radius in range(1, 7)])
        refused = [answer for answer in answers if answer.status_code == 503]
        assert len(refused) == 4
        for answer in refused:
            assert answer.json()["error"] == "unavailable"
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.elapsed.total_seconds() < settings["RENDER_TIMEOUT"]
        assert sorted(answer.status_code for answer in answers)[:2] == [200, 422]
        assert own.get(f"/{made['id']}.png?size=s").status_code == 200


@pytest.mark.any_backing
def test_a_job_without_a_slot_in_five_seconds_is_503(backing, tmp_path):
    with running(tmp_path / "data", RENDER_TIMEOUT=9, WORKERS=1) as own:
        made = own.upload(pictures.jpeg(400, 300), headers=own.auth)
        freeze_worker(own)
        with ThreadPoolExecutor(1) as pool:
            slow = pool.submit(own.get, f"/{made['id']}.png?blur=1")
            time.sleep(1)
            waited = own.get(f"/{made['id']}.png?size=s")
            assert waited.status_code == 503
            assert int(waited.headers["Retry-After"]) > 0
            assert 4 < waited.elapsed.total_seconds() < 8
            assert own.get(f"/{made['id']}.jpeg").status_code == 200
            assert slow.result().status_code == 422
            assert "too long" in slow.result().json()["message"]
        assert own.get(f"/{made['id']}.png?size=s").status_code == 200


def test_a_foreground_counts_ten(backing, tmp_path):
    with running(tmp_path / "data", RENDER_RATE="12/minute") as own:
        made = own.upload(pictures.jpeg(80, 60), headers=own.auth)
        for query in ("segment=foreground", "blur=1", "blur=2"):
            assert own.get(f"/{made['id']}.jpeg?{query}").status_code == 200
        refused = own.get(f"/{made['id']}.jpeg?blur=3")
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0
        for headers in ({}, own.auth):
            kept = own.get(f"/{made['id']}.jpeg?segment=foreground", headers=headers)
            assert kept.status_code == 200


def test_a_household_counts_as_one(backing, tmp_path):
    """An address of IPv6 by its /64, as a proxy that is trusted tells it."""
    settings = {"RENDER_RATE": "2/minute", "TRUSTED_PROXIES": "127.0.0.1/32"}
    with running(tmp_path / "data", **settings) as own:
        made = own.upload(pictures.jpeg(80, 60), headers=own.auth)

        def status(radius, address):
            path = f"/{made['id']}.jpeg?blur={radius}"
            return own.get(path, headers={"X-Forwarded-For": address}).status_code

        assert [status(1, "2001:db8:1::1"), status(2, "2001:db8:1::2")] == [200, 200]
        assert status(3, "2001:db8:1:0:ffff::9") == 429
        assert status(3, "2001:db8:1:1::1") == 200
        assert status(4, "192.0.2.7") == 200


def test_of_many_who_want_it_at_once_one_has_it_made(backing, tmp_path):
    """A second one being made would be over the rate."""
    with running(tmp_path / "data", RENDER_RATE="1/minute", HOT_BYTES=0) as own:
        made = own.upload(pictures.jpeg(1_500, 1_000), headers=own.auth)
        answers = many(own, [f"/{made['id']}.webp?blur=9&size=xl"] * 24)
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
