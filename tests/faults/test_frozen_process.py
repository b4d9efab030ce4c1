"""A process of ours that stands still, as a laptop's does or a paused container's."""

from __future__ import annotations

import signal
import time
from contextlib import ExitStack, contextmanager

import backings
import pictures
import pytest
import requests
import wire
from aftermath import assert_settled
from load import Ledger, Load
from relay import relayed
from servers import free_port, running
from services.postgres import query

HOLDS = """
SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'
AND backend_xid IS NOT NULL AND state_change < clock_timestamp() - interval '{} s'
"""


@contextmanager
def frozen(server):
    """The server's own process stands still; its workers go on."""
    server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.process.send_signal(signal.SIGCONT)


def holds(postgres, seconds: float) -> bool:
    """Whether somebody who has written does nothing for so long."""
    time.sleep(1.2 * seconds)
    return query(postgres.url, HOLDS.format(seconds)) != [(0,)]


@pytest.fixture(scope="module")
def pair(own_services, tmp_path_factory):
    """Two servers on the same data; the first is far from the database."""
    data = tmp_path_factory.mktemp("pair") / "data"
    with backings.chosen(own_services), ExitStack() as stack:
        near = stack.enter_context(running(data, WORKERS=1))
        way = stack.enter_context(relayed(own_services.postgres.port))
        way.rate = 20_000
        url = near.env["PIXFERRY_DATABASE_URL"]
        far_url = url.replace(f":{own_services.postgres.port}/", f":{way.port}/")
        far = stack.enter_context(running(data, port=free_port(), DATABASE_URL=far_url, WORKERS=1))
        far.key = near.key
        yield far, near


def test_what_it_holds_is_let_go_and_it_goes_on_unharmed(own_services, pair):
    far, near = pair
    late = Load(far, auth=near.auth, patience=60)
    with Load(near, auth=near.auth) as load:
        with late:
            late.works("upload")
            for attempt in range(200):
                time.sleep(attempt % 10 / 50)  # it goes on for a while, each time another one
                with frozen(far):
                    if not holds(own_services.postgres, 0.1) or not holds(own_services.postgres, 1):
                        continue
                    load.turned_away("upload")  # the same team's
                    load.works()  # the server has ended that transaction
                break
            else:
                raise AssertionError("it was never caught in a transaction that has written")
            late.works()
        load.works()
    for server, served in ((far, late), (near, load)):
        assert_settled(server, near.auth, served.ledger)


def test_when_it_wakes_it_serves_nothing_that_was_deleted_meanwhile(pair):
    """It keeps rows in memory, and was told of nothing for a while."""
    far, near = pair
    ids = [near.upload(pictures.jpeg(seed=seed), headers=near.auth)["id"] for seed in range(12)]
    for media_id in ids * 2:
        assert far.get(f"/{media_id}.jpeg").ok
    with ExitStack() as stack:
        lines = [stack.enter_context(wire.connect(far.port)) for _ in ids]
        for line in lines:  # each has a connection already
            line.sendall(wire.request_head("GET", "/healthz"))
            assert wire.receive(line).status == 200
        with frozen(far):
            time.sleep(3)
            for media_id, line in zip(ids, lines, strict=True):
                line.sendall(wire.request_head("GET", f"/{media_id}.jpeg"))
            for media_id in ids:
                gone = requests.delete(
                    f"{near.url}/v1/media/{media_id}", headers=near.auth, timeout=30
                )
                assert gone.status_code == 204
        assert [wire.receive(line).status for line in lines] == [410] * len(ids)
    assert_settled(far, near.auth, Ledger(gone=set(ids)))
