"""The services that tests rest on do what the tests of faults take for granted."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest
from needs import need_program
from services.postgres import program, query
from services.redis import running_redis

TESTS = Path(__file__).parents[1]
KILLED_WITH_ITS_TESTS = """
import os, signal
from services.postgres import running_postgres
with running_postgres() as server:
    if {frozen}:
        server.freeze()
    print(*(one.pid for one in server._family()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_postgresql_keeps_what_it_committed_over_a_kill(own_postgres):
    url = own_postgres.new_database()
    query(url, "CREATE TABLE kept (number int)")
    query(url, "INSERT INTO kept VALUES ($1)", 7)
    own_postgres.kill()
    with pytest.raises(OSError, match="Connect call failed"):
        query(url, "SELECT 1")
    own_postgres.start()
    assert query(url, "SELECT number FROM kept") == [(7,)]
    own_postgres.stop()
    own_postgres.start()
    copy = own_postgres.new_database(like=url)
    assert query(copy, "SELECT number FROM kept") == [(7,)]


def test_databases_are_each_a_tests_own(postgres):
    one, other = postgres.new_database(), postgres.new_database()
    query(one, "CREATE TABLE here (number int)")
    assert query(other, "SELECT to_regclass('here')") == [(None,)]


def test_what_is_frozen_takes_connections_and_answers_nothing_until_it_is_thawed(own_postgres):
    own_postgres.freeze()
    assert not own_postgres.moves()
    with socket.create_connection(("127.0.0.1", own_postgres.port), 5) as connection:
        connection.settimeout(0.2)
        connection.sendall(bytes([0, 0, 0, 8, 4, 210, 22, 47]))  # may I speak TLS?
        with pytest.raises(TimeoutError):
            connection.recv(1)
        own_postgres.thaw()
        connection.settimeout(30)
        assert connection.recv(1) in {b"N", b"S"}
    own_postgres.freeze()
    own_postgres.stop()
    assert own_postgres._family() == []


def test_redis_starts_again_on_its_port(own_redis):
    port = own_redis.port
    own_redis.kill()
    assert not own_redis.answers()
    own_redis.start()
    assert own_redis.answers()
    assert f":{port}/" in own_redis.new_url()


def test_each_object_outlives_the_s3_server(own_s3):
    from minio import Minio

    from core.service_urls import s3_address

    where = s3_address(own_s3.new_url())
    keys = {"access_key": where.access_key, "secret_key": where.secret_key}
    client = Minio(endpoint=where.endpoint, secure=False, region=where.region, **keys)
    client.make_bucket(bucket_name=where.bucket)
    own_s3.kill()
    own_s3.start()
    assert client.bucket_exists(bucket_name=where.bucket)
    wrong = Minio(
        endpoint=where.endpoint, secure=False, region=where.region, **keys | {"secret_key": "x"}
    )
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        list(wrong.list_objects(bucket_name=where.bucket))


@pytest.fixture
def open_folder():
    """A folder that PostgreSQL's own user may enter, unlike pytest's."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        yield folder


@pytest.mark.parametrize("frozen", [False, True])
def test_nothing_outlives_tests_that_were_killed(open_folder, frozen):
    need_program("setpriv")
    program("initdb")
    found = subprocess.run(
        [sys.executable, "-c", KILLED_WITH_ITS_TESTS.format(frozen=frozen)],
        env=os.environ
        | {"PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}", "TMPDIR": open_folder},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    pids = [int(pid) for pid in found.stdout.split()]
    assert pids, found.stderr
    deadline = time.monotonic() + 20
    while (left := [pid for pid in pids if lives(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_machine_without_the_programs_skips(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.delenv("PIXFERRY_TEST_REQUIRE", raising=False)
    with (
        pytest.raises(pytest.skip.Exception, match="redis-server is not installed"),
        running_redis(),
    ):
        pass
    monkeypatch.setenv("PIXFERRY_TEST_REQUIRE", "all")
    with (
        pytest.raises(pytest.fail.Exception, match="redis-server is not installed"),
        running_redis(),
    ):
        pass
