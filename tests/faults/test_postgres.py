"""PostgreSQL away, hung, full, locked or out of connections, under load: 503, then as before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import outages
import pictures
import pytest
from aftermath import assert_away, assert_settled, ready
from backings import addresses
from load import Ledger
from outages import fill, in_transaction, small_disk
from servers import running
from services.postgres import SETTINGS, query

OURS = "FROM pg_stat_activity WHERE application_name = 'pixferry'"


@pytest.mark.parametrize("outage", outages.OUTAGES)
def test_it_is_away_and_comes_back(stage, outage):
    with stage.loaded() as load:
        with outage(stage.postgres):
            load.turned_away()
            stage.assert_away("database")
        load.works()


def test_its_connections_are_cut(stage):
    with stage.loaded() as load:
        for _ in range(5):
            cut = query(stage.postgres.url, f"SELECT pg_terminate_backend(pid) {OURS}")
            assert len(cut) > 1
            load.works("upload", "read")


def test_after_a_restart_while_nobody_asked_the_next_requests_succeed(stage):
    """Every connection of the pool is dead, and nobody is told so."""
    server = stage.server
    with stage.loaded():
        pass
    with outages.stopped(stage.postgres):
        pass
    photos = [pictures.jpeg(seed=seed) for seed in range(12)]
    with ThreadPoolExecutor(12) as pool:
        made = list(pool.map(lambda photo: server.upload(photo, headers=server.auth), photos))
    assert [server.get(f"/{one['id']}.jpeg").content for one in made] == photos


def test_others_use_up_its_connections(stage, monkeypatch):
    most = 20
    monkeypatch.setitem(SETTINGS, "max_connections", str(most))
    with outages.stopped(stage.postgres):
        pass
    try:
        with stage.loaded() as load:
            with outages.all_connections_taken(stage.postgres, most):
                load.turned_away()
                stage.assert_away("database")
            load.works()
    finally:
        monkeypatch.undo()
        with outages.stopped(stage.postgres):
            pass


def test_somebody_holds_a_lock_on_everything(stage):
    url = addresses(stage.server.data_dir)["DATABASE_URL"]
    with stage.loaded() as load:
        with in_transaction(url, "LOCK TABLE media"):
            load.turned_away("upload", "list", times=1)
            stage.assert_away("database")
        load.works()


def test_its_disk_is_full(stage, tmp_path):
    disk = stage.postgres.folder / "disk"
    with small_disk(disk, "24m", owner=stage.postgres.owner):
        name, data = "on_a_small_disk", tmp_path / "data"
        query(stage.postgres.url, f"CREATE TABLESPACE small LOCATION '{disk}'")
        query(stage.postgres.url, f"CREATE DATABASE {name} TABLESPACE small")
        with running(
            data,
            DATABASE_URL=stage.postgres.url_of(name),
            STORAGE_URL=stage.s3.new_url(),
            REDIS_URL=stage.redis.new_url(),
        ) as server:
            ledger = Ledger()
            photo = pictures.jpeg()

            def upload():
                answer = server.try_upload(photo, headers=server.auth, caption="x" * 400)
                if answer.status_code == 201:
                    ledger.living[answer.json()["id"]] = photo
                return answer

            assert upload().status_code == 201
            ballast = fill(disk)
            while (answer := upload()).status_code == 201:  # pages that there are take some more
                pass
            assert answer.status_code == 503
            assert "disk is full" in answer.json()["message"]
            assert int(answer.headers["Retry-After"]) >= 1
            assert_away(server, ("database",))
            assert server.get(f"/{next(iter(ledger.living))}.jpeg").content == photo
            ballast.unlink()
            ready(server)
            assert upload().status_code == 201
            assert_settled(server, server.auth, ledger)
        query(stage.postgres.url, f"DROP DATABASE {name}")
        query(stage.postgres.url, "DROP TABLESPACE small")
