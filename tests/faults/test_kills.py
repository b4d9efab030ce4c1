"""kill -9 at any moment: what was acknowledged is whole, the rest leaves nothing behind."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pictures
import psutil
import recount
import requests
from servers import ROOT, free_port, pixferry, running, start

KILLS = int(os.environ.get("PIXFERRY_TEST_KILLS", "10"))
SHORT = {"RESERVATION_LIFE": 3, "ORPHAN_GRACE": 3, "WORKERS": 2}
SENDERS = 4
ME = "me@example.org"


class Sender(threading.Thread):
    """Uploads pictures, and deletes some again, until the server is gone."""

    def __init__(self, server, auth, seed, living, gone, unsure):
        super().__init__(daemon=True)
        self.server, self.auth, self.seed = server, auth, seed
        self.living, self.gone, self.unsure = living, gone, unsure

    def run(self):
        rng = random.Random(self.seed)
        with suppress(requests.RequestException):
            while True:
                # A few seeds only: much of what is sent is there already, or being stored.
                photo = pictures.jpeg(80, 60, seed=rng.randrange(30))
                answer = self.server.try_upload(photo, headers=self.auth)
                if answer.status_code == 201:
                    self.living[answer.json()["id"]] = photo
                else:
                    assert answer.status_code == 503, answer.text
                if self.living and rng.random() < 0.3:
                    self.delete(rng.choice(list(self.living)))

    def delete(self, media_id):
        photo = self.living.pop(media_id, None)
        if photo is None:
            return  # another sender has it
        self.unsure[media_id] = photo
        answer = requests.delete(
            f"{self.server.url}/v1/media/{media_id}", headers=self.auth, timeout=30
        )
        if answer.status_code == 204:
            del self.unsure[media_id]
            self.gone.add(media_id)


def test_a_killed_server_loses_nothing_that_it_acknowledged(tmp_path):
    data, port = tmp_path / "data", free_port()
    living, gone, unsure = {}, set(), {}
    auth = None
    for kill in range(KILLS):
        server = start(data, port=port, **SHORT)
        try:
            auth = auth or server.new_key(ME, "--plan", "unlimited")
            for media_id, photo in random.Random(kill).sample(
                list(living.items()), min(10, len(living))
            ):
                assert server.get(f"/{media_id}.jpeg").content == photo
            senders = [
                Sender(server, auth, kill * 100 + one, living, gone, unsure)
                for one in range(SENDERS)
            ]
            for sender in senders:
                sender.start()
            time.sleep(random.Random(kill).uniform(0.2, 1.2))
        finally:
            server.kill()
        for sender in senders:
            sender.join(60)
    assert len(living) > KILLS
    time.sleep(SHORT["ORPHAN_GRACE"] + 0.5)
    with running(data, port=port, **SHORT) as server:
        swept = server.cli("sweep").stdout
        assert "unfinished uploads" in swept
        for media_id, photo in living.items():
            assert server.get(f"/{media_id}.jpeg").content == photo
        for media_id in gone:
            assert server.get(f"/{media_id}.jpeg").status_code == 410
        for media_id, photo in unsure.items():  # its deletion may or may not have happened
            answer = server.get(f"/{media_id}.jpeg")
            assert answer.status_code == 410 or answer.content == photo
        recount.assert_exact(data)
        usage = requests.get(f"{server.url}/v1/usage", headers=auth, timeout=30).json()
        ((buried,),) = recount.rows(data, "SELECT count(*) FROM tombstones")
        assert usage["monthly"]["uploads"] == usage["totals"]["media_stored"] + buried
        # What was published without the client hearing of it is whole, too.
        hashes = "SELECT media.id, sha256 FROM media JOIN blobs ON blobs.id = blob_id"
        for media_id, expected in recount.rows(data, hashes):
            sent = server.get(f"/{media_id}.jpeg").content
            assert hashlib.sha256(sent).hexdigest() == expected


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
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert alive == []


def test_a_sweep_that_died_midway_is_resumed(tmp_path):
    data = tmp_path / "data"
    with running(data, SWEEP_INTERVAL=60) as server:
        server.new_key(ME)
        time.sleep(0.5)  # its first sweep is over
        ids = recount.plant(data, 4_000, datetime.now(UTC) - timedelta(seconds=1), ME)
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
