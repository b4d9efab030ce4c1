"""kill -9 at any moment: what was acknowledged is whole, the rest leaves nothing behind."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import backings
import pictures
import psutil
import pytest
import recount
import requests
from aftermath import assert_settled
from load import SMALL, Ledger, Load, new_pictures
from servers import ROOT, free_port, pixferry, running, start

pytestmark = pytest.mark.parametrize("backing", backings.KINDS, indirect=True, scope="session")

KILLS = int(os.environ.get("PIXFERRY_TEST_KILLS", "10"))
SHORT = {"RESERVATION_LIFE": 3, "ORPHAN_GRACE": 3, "WORKERS": 2}
ME = "me@example.org"


def test_a_killed_server_loses_nothing_that_it_acknowledged(tmp_path):
    data, port = tmp_path / "data", free_port()
    ledger, auth = Ledger(), None
    photos = [*SMALL, *new_pictures(), pictures.grains(700), pictures.grains(1_500)]
    for kill in range(KILLS):
        server = start(data, port=port, **SHORT)
        try:
            auth = auth or server.auth
            with Load(server, auth=auth, ledger=ledger, pictures=photos, may_break=True) as load:
                load.works("upload", times=1 + kill % 3)
                time.sleep(random.Random(kill).uniform(0, 0.5))
                server.kill()
        finally:
            server.kill()
    assert len(ledger.living) > KILLS
    with running(data, port=port, **SHORT) as server:
        assert_settled(server, auth, ledger)


def workers_of(server) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(server.process.pid).children():
        with suppress(psutil.Error):
            if "core.imaging.worker" in child.cmdline():
                found.append(child)
    return found


def test_a_killed_worker_costs_its_job_alone(tmp_path):
    with running(tmp_path / "data", WORKERS=2) as server:
        auth = server.new_key(ME, "--plan", "unlimited")
        stop, statuses, killed = threading.Event(), [], 0

        def send(seed):
            while not stop.is_set():
                photo = pictures.png(400, 300, seed=seed % 7)
                statuses.append(server.try_upload(photo, "a.png", auth).status_code)

        threads = [threading.Thread(target=send, args=(seed,)) for seed in range(3)]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 60
        while killed < 8 and time.monotonic() < deadline:
            for worker in workers_of(server):
                with suppress(psutil.Error):
                    worker.kill()
                    killed += 1
            time.sleep(0.15)
        stop.set()
        for thread in threads:
            thread.join(60)
        assert killed >= 8
        assert set(statuses) <= {201, 422, 503}
        assert server.upload(pictures.jpeg(), headers=auth)  # and it works on
        used = requests.get(f"{server.url}/v1/usage", headers=auth, timeout=30).json()
        assert used["monthly"]["uploads"] == statuses.count(201) + 1
        assert '"event": "fault"' not in server.log()
        recount.assert_exact(tmp_path / "data")


def test_a_killed_server_takes_its_workers_along(tmp_path):
    server = start(tmp_path / "data", WORKERS=1)
    server.upload(pictures.jpeg())
    workers = workers_of(server)
    assert workers
    server.kill()
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert alive == []


def test_a_sweep_that_died_midway_is_resumed(tmp_path):
    """Few bytes for many images: planting them in a bucket takes long."""
    data = tmp_path / "data"
    with running(data, command="api") as server:  # it does not sweep
        server.new_key(ME)
        ids = recount.plant(data, 4_000, datetime.now(UTC) - timedelta(seconds=1), ME, sharing=200)
        left = len(ids)
        for _ in range(2):
            sweep = subprocess.Popen(
                [sys.executable, "-m", "pixferry", "sweep"],
                env=server.env,
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            while sweep.poll() is None:
                ((now_left,),) = recount.rows(data, "SELECT count(*) FROM media")
                if now_left < left:
                    break
                time.sleep(0.005)
            sweep.kill()
            sweep.wait(30)
            ((left,),) = recount.rows(data, "SELECT count(*) FROM media")
        assert 0 < left < len(ids), "the sweep was to be killed midway"
        told = pixferry("sweep", env=server.env).stdout
        assert f"{left} expired images" in told
        recount.assert_exact(data)
        assert server.get(f"/{ids[0]}.jpeg").status_code == 410
