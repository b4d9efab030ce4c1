"""Several processes that begin the same work at the same moment."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import backings
import pytest
import recount
import requests
from servers import free_port, running, start

pytestmark = pytest.mark.parametrize("backing", backings.KINDS, indirect=True, scope="session")

PROCESSES = 4


def test_of_several_first_starts_one_makes_the_tables_and_one_shows_the_key(backing, tmp_path):
    data = tmp_path / "data"
    empty = {}
    if backing.kind == "services":
        empty["DATABASE_URL"] = backing.postgres.new_database()
    backings.addresses(data, empty)
    ports = [free_port() for _ in range(PROCESSES)]
    # In this order: where one fails, the pool has waited for the others when the stack stops them.
    with ExitStack() as stack, ThreadPoolExecutor(PROCESSES) as pool:

        def begin(port):
            server = start(data, port=port, WORKERS=1, **empty)
            stack.callback(server.stop)
            return server

        servers = list(pool.map(begin, ports))
        (first,) = [server for server in servers if server.key]
        for server in servers:
            told = requests.get(f"{server.url}/v1/usage", headers=first.auth, timeout=30)
            assert told.status_code == 200
            assert server.get("/readyz").ok
            assert "Traceback" not in server.log()
        assert recount.rows(data, "SELECT count(*) FROM users") == [(1,)]
        assert recount.rows(data, "SELECT count(*) FROM alembic_version") == [(1,)]


def test_sweeps_at_the_same_time_remove_each_image_once(backing, tmp_path):
    data, me = tmp_path / "data", "me@example.org"
    with running(data, command="api") as server:  # it does not sweep
        server.new_key(me)
        ended = datetime.now(UTC) - timedelta(seconds=1)
        # Few bytes: a slow storage is not what this is about.
        count = len(recount.plant(data, 4_000, ended, me, sharing=2_000))
        with ThreadPoolExecutor(PROCESSES) as pool:
            sweeps = [pool.submit(server.cli, "sweep", check=False) for _ in range(PROCESSES)]
        assert [sweep.result().stderr for sweep in sweeps if sweep.result().returncode] == []
        told = "".join(sweep.result().stdout for sweep in sweeps)
        assert sum(map(int, re.findall(r"(\d+) expired images", told))) == count
        recount.assert_exact(data)
