"""Database or storage gone, hung or full: 503 that says so, and recovery by itself."""

from __future__ import annotations

import os
import resource
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pictures
import pytest
import recount
import requests
from load import PATIENCE
from outages import fill, small_disk
from servers import running

SHORT = {"RESERVATION_LIFE": 2, "ORPHAN_GRACE": 2, "WORKERS": 1}


@pytest.fixture
def server(tmp_path):
    with running(tmp_path / "data", **SHORT) as found:
        yield found


@contextmanager
def locked(data_dir):
    """The database as another process that writes for very long leaves it."""
    database = sqlite3.connect(data_dir / "pixferry.db", isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        database.execute("ROLLBACK")
        database.close()


def assert_unavailable(answer, code="unavailable"):
    assert answer.status_code == 503, answer.text
    assert answer.json()["error"] == code
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.elapsed.total_seconds() < PATIENCE


def assert_recovered(server, auth):
    """It serves as before, and nothing of the failed attempts is left or counted."""
    photo = pictures.jpeg(90, 60, seed=77)
    made = server.upload(photo, headers=auth)
    assert server.get(f"/{made['id']}.jpeg").content == photo
    parts = dict.fromkeys(("status", "database", "storage", "work"), "ok")
    assert server.get("/readyz").json() == parts
    time.sleep(SHORT["ORPHAN_GRACE"] + 0.2)
    server.cli("sweep")
    recount.assert_exact(server.data_dir)
    used = requests.get(f"{server.url}/v1/usage", headers=auth, timeout=30).json()
    assert used["monthly"]["uploads"] == used["totals"]["media_stored"]
    assert '"event": "fault"' not in server.log()


def test_a_locked_database(server):
    auth = server.new_key("lock@example.org")
    photo = pictures.jpeg(seed=5)
    old = server.upload(photo, headers=auth)["id"]
    with locked(server.data_dir), ThreadPoolExecutor(6) as pool:
        # Several at once: they wait side by side, not one after the other.
        attempts = [
            pool.submit(server.try_upload, pictures.jpeg(seed=seed), headers=auth)
            for seed in range(4)
        ]
        deletion = pool.submit(
            requests.delete, f"{server.url}/v1/media/{old}", headers=auth, timeout=30
        )
        assert server.get(f"/{old}.jpeg").content == photo  # reading goes on
        for attempt in [*attempts, deletion]:
            assert_unavailable(attempt.result())
        ready = server.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["database"] != "ok"
        assert ready.json()["storage"] == "ok"
    assert server.get(f"/{old}.jpeg").content == photo
    assert_recovered(server, auth)


def test_a_short_lock_is_waited_out(server):
    auth = server.new_key("lock@example.org")
    server.upload(pictures.jpeg(seed=1), headers=auth)
    with ThreadPoolExecutor(1) as pool:
        with locked(server.data_dir):
            attempt = pool.submit(server.try_upload, pictures.jpeg(seed=2), headers=auth)
            while not list((server.data_dir / "work").iterdir()):  # until it has come in
                time.sleep(0.01)
            time.sleep(0.5)
            assert not attempt.done()
        assert attempt.result().status_code == 201


@contextmanager
def missing(folder):
    """The folder is gone, as when its disk is no longer mounted."""
    aside = folder.with_name("aside")
    folder.rename(aside)
    try:
        yield
    finally:
        assert not folder.exists(), "nothing may be stored in place of a storage that is gone"
        aside.rename(folder)


@contextmanager
def broken(folder):
    """Something else stands where the folder was."""
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.write_text("not a folder")
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


@pytest.mark.parametrize("outage", [missing, broken])
def test_storage_gone(server, outage):
    auth = server.new_key("storage@example.org")
    photo = pictures.jpeg(seed=5)
    old = server.upload(photo, headers=auth)["id"]
    doomed = server.upload(pictures.jpeg(seed=6), headers=auth)["id"]
    with outage(server.data_dir / "blobs"):
        assert_unavailable(server.try_upload(pictures.jpeg(seed=8), headers=auth))
        assert_unavailable(server.get(f"/{old}.jpeg"))
        ready = server.get("/readyz")
        assert ready.status_code == 503
        assert ready.json()["storage"] == "The storage can't be reached right now."
        assert ready.json()["database"] == "ok"
        # Deleting needs no storage; the bytes are removed once it is back.
        gone = requests.delete(f"{server.url}/v1/media/{doomed}", headers=auth, timeout=30)
        assert gone.status_code == 204
    assert server.get(f"/{old}.jpeg").content == photo
    assert server.get(f"/{doomed}.jpeg").status_code == 410
    recovered = server.upload(pictures.jpeg(seed=8), headers=auth)
    assert recovered["filesize"]


def test_a_full_storage_disk(tmp_path):
    disk = tmp_path / "disk"
    with (
        small_disk(disk),
        running(tmp_path / "data", STORAGE_URL=f"file://{disk}/blobs", **SHORT) as server,
    ):
        auth = server.new_key("full@example.org")
        photo = pictures.jpeg(seed=5)
        old = server.upload(photo, headers=auth)["id"]
        ballast = fill(disk)
        answer = server.try_upload(pictures.jpeg(400, 300, seed=8), headers=auth)
        assert_unavailable(answer)
        assert "disk is full" in answer.json()["message"]
        ready = server.get("/readyz")
        assert ready.status_code == 503
        assert "disk is full" in ready.json()["storage"]
        assert server.get(f"/{old}.jpeg").content == photo
        ballast.unlink()
        made = server.upload(pictures.jpeg(400, 300, seed=8), headers=auth)
        assert server.get(f"/{made['id']}.jpeg").ok
        used = requests.get(f"{server.url}/v1/usage", headers=auth, timeout=30).json()
        assert used["monthly"]["uploads"] == 2
        assert '"event": "fault"' not in server.log()


def test_everything_on_one_full_disk(tmp_path):
    data = tmp_path / "disk" / "data"
    with small_disk(tmp_path / "disk", "6m"), running(data, **SHORT) as server:
        auth = server.new_key("full@example.org")
        photo = pictures.jpeg(seed=5)
        old = server.upload(photo, headers=auth)["id"]
        ballast = fill(tmp_path / "disk")
        for seed in range(3):
            assert_unavailable(server.try_upload(pictures.jpeg(400, 300, seed=seed), headers=auth))
        assert server.get("/readyz").status_code == 503
        assert server.get(f"/{old}.jpeg").content == photo
        ballast.unlink()
        assert_recovered(server, auth)


def test_files_that_may_not_grow(server):
    """The same without a disk of one's own: the process may write no file over 16 KB."""
    auth = server.new_key("limit@example.org")
    old = server.upload(pictures.jpeg(seed=5), headers=auth)["id"]
    pid = server.process.pid
    whole = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (16_384, whole[1]))
    big = pictures.png(200, 150, seed=9)
    assert len(big) > 16_384
    try:
        assert_unavailable(server.try_upload(big, "a.png", headers=auth))
        assert server.get(f"/{old}.jpeg").ok
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, whole)
    assert_recovered(server, auth)


def test_a_hung_storage(server):
    """Reading from a disk that does not answer ends, and holds nobody else up for long."""
    auth = server.new_key("hung@example.org")
    hung = server.upload(pictures.jpeg(seed=5), headers=auth)["id"]
    ((blob_id,),) = recount.rows(server.data_dir, "SELECT blob_id FROM media WHERE id = ?", hung)
    path = server.data_dir / "blobs" / blob_id[:2] / blob_id[2:4] / blob_id
    aside = path.with_name("aside")
    path.rename(aside)
    os.mkfifo(path)  # to open it waits for somebody to write, as a dead network disk does
    try:
        with ThreadPoolExecutor(20) as pool:
            for answer in pool.map(lambda _: server.get(f"/{hung}.jpeg"), range(20)):
                assert_unavailable(answer)
        assert server.get("/healthz").ok
        assert server.get(f"/v1/media/{hung}").ok  # what needs no storage goes on
    finally:
        opened = os.open(path, os.O_RDWR)  # whoever still waits wakes up
        path.unlink()
        os.close(opened)
        aside.rename(path)
    assert server.get(f"/{hung}.jpeg").content == pictures.jpeg(seed=5)
    assert_recovered(server, auth)


def test_a_file_cut_short_breaks_the_transfer_off(server):
    """The client must not take what came for the whole picture."""
    photo = pictures.grains(900)
    made = server.upload(photo, "a.png")
    ((blob_id,),) = recount.rows(
        server.data_dir, "SELECT blob_id FROM media WHERE id = ?", made["id"]
    )
    path = server.data_dir / "blobs" / blob_id[:2] / blob_id[2:4] / blob_id
    os.truncate(path, len(photo) - 100_000)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        server.get(f"/{made['id']}.png")
    path.unlink()
    answer = server.get(f"/{made['id']}.png")
    assert_unavailable(answer)
    assert "missing" in answer.json()["message"]
    assert '"event": "fault"' not in server.log()
