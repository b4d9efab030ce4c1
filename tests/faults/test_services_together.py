"""Several services away at once, and a full disk of our own over services that are well."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import permutations

import backings
import outages
import pictures
import pytest
from aftermath import assert_away, assert_settled, ready
from load import Ledger
from outages import fill, small_disk
from servers import running

NAMES = ("postgres", "s3", "redis")


@pytest.mark.parametrize("outage", outages.OUTAGES)
def test_all_are_away_and_come_back_one_by_one(stage, outage):
    order = list(permutations(NAMES))[3 + outages.OUTAGES.index(outage)]
    with stage.loaded() as load:
        with ExitStack() as first, ExitStack() as second, ExitStack() as third:
            for name, stack in zip(order, (first, second, third), strict=True):
                stack.enter_context(outage(getattr(stage, name)))
            load.turned_away()
            stage.assert_away("database", "storage", "redis")
            first.close()
            second.close()
        load.works()


def test_the_disk_for_uploads_is_full(own_services, tmp_path):
    """What needs no disk goes on."""
    disk = tmp_path / "disk"
    with (
        backings.chosen(own_services),
        small_disk(disk),
        running(disk / "data", SECRET_KEY="k" * 32) as server,
    ):
        photo = pictures.jpeg(seed=5)
        ledger = Ledger(living={server.upload(photo, headers=server.auth)["id"]: photo})
        ballast = fill(disk)
        for seed in range(3):
            answer = server.try_upload(pictures.jpeg(400, 300, seed=seed), headers=server.auth)
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) >= 1
            assert answer.json()["message"] in {
                "The server can't take files right now.",
                "The server's disk is full; nothing was stored.",
            }
        assert_away(server, ("work",))
        for media_id in ledger.living:
            assert server.get(f"/{media_id}.jpeg").content == photo
            assert server.get(f"/v1/media/{media_id}").ok
        ballast.unlink()
        ready(server)
        photo = pictures.jpeg(400, 300)
        ledger.living[server.upload(photo, headers=server.auth)["id"]] = photo
        assert_settled(server, server.auth, ledger)
