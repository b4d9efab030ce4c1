"""Two servers that share a Redis: limits are theirs together, and each one's own while it is away."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pictures
import pytest
import requests
from load import PATIENCE, RECOVERY
from servers import ROOT, environment, free_port, pixferry, running
from services.redis import PASSWORD

RATE = 7
PHOTO = pictures.jpeg(40, 30)


@contextmanager
def pair(data_dir, redis_url):
    settings = {
        "REDIS_URL": redis_url,
        "ANONYMOUS_RATE": f"{RATE}/day;{RATE * 5}/day",
        "WORKERS": 1,
    }
    with ExitStack() as stack:
        yield [stack.enter_context(running(data_dir, **settings)) for _ in range(2)]


def upload_at_once(servers, count):
    """The answers to that many anonymous uploads, turn about to the servers."""
    gate = threading.Barrier(count)

    def upload(number):
        gate.wait(30)
        return servers[number % len(servers)].try_upload(PHOTO)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(upload, range(count)))


def assert_limited(answers, passing=RATE):
    assert sorted(each.status_code for each in answers) == [201] * passing + [429] * (
        len(answers) - passing
    )


def lines(server, words):
    """What the log says about it."""
    told = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    return [line for line in told if line["event"].startswith(words)]


def shown(server):
    """What /readyz says of Redis; the server is ready whatever it is."""
    ready = server.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    return ready.json()["redis"]


def wait_for_redis(servers):
    deadline = time.monotonic() + RECOVERY
    for server in servers:
        while shown(server) != "ok":
            assert time.monotonic() < deadline
            time.sleep(0.05)


class Load:
    """Requests that are counted by Redis, for the length of a block; their statuses and seconds."""

    def __init__(self, servers, headers):
        self.servers, self.headers = servers, headers
        self.seen = []
        self.ended = threading.Event()

    def __enter__(self):
        self.pool = ThreadPoolExecutor(4)
        self.tasks = [self.pool.submit(self.ask, self.servers[turn % 2]) for turn in range(4)]
        return self

    def __exit__(self, *_):
        self.ended.set()
        for task in self.tasks:
            task.result()
        self.pool.shutdown()

    def ask(self, server):
        with requests.Session() as session:
            session.headers.update(self.headers)
            while not self.ended.is_set():
                began = time.monotonic()
                status = session.get(f"{server.url}/v1/usage", timeout=30).status_code
                self.seen.append((status, time.monotonic() - began))
                time.sleep(0.05)

    def slowest_since(self, number):
        assert len(self.seen) > number
        return max(seconds for _, seconds in self.seen[number:])


def test_servers_share_a_limit_exactly(tmp_path, redis_server):
    with pair(tmp_path / "data", redis_server.new_url()) as servers:
        answers = upload_at_once(servers, RATE * 4)
        assert_limited(answers)
        left = [
            each.headers["X-RateLimit-Remaining"] for each in answers if each.status_code == 201
        ]
        assert sorted(map(int, left)) == list(range(RATE))
        for server in servers:
            refused = server.try_upload(PHOTO)
            assert refused.status_code == 429
            assert 1 <= int(refused.headers["Retry-After"]) <= 86_400
            reset = int(refused.headers["X-RateLimit-Reset"])
            assert time.time() < reset <= time.time() + 86_401
            assert shown(server) == "ok"


OUTAGES = {
    "frozen": (lambda redis: redis.freeze(), lambda redis: redis.thaw()),
    "killed": (lambda redis: redis.kill(), lambda redis: redis.start()),
}


@pytest.mark.parametrize("outage", OUTAGES)
def test_without_redis_each_server_holds_limits_by_itself(tmp_path, own_redis, outage):
    end, mend = OUTAGES[outage]
    with pair(tmp_path / "data", own_redis.new_url()) as servers:
        assert_limited(upload_at_once(servers, RATE + 2))
        headers = servers[0].new_key("load@example.org")
        with Load(servers, headers) as load:
            time.sleep(2)
            before = len(load.seen)
            end(own_redis)
            try:
                time.sleep(2)
                for server in servers:
                    assert_limited(upload_at_once([server], RATE + 3))
                    assert "limits" in shown(server)
                assert load.slowest_since(before) < PATIENCE
            finally:
                mend(own_redis)
            wait_for_redis(servers)
            time.sleep(1)
        assert {status for status, _ in load.seen} == {200}
        # What a frozen Redis had counted is counted still; one that was started begins anew.
        assert_limited(upload_at_once(servers, RATE + 2), 0 if outage == "frozen" else RATE)
        for server in servers:
            away, back = lines(server, "Redis is away"), lines(server, "Redis is back")
            assert [line["level"] for line in away + back] == ["warning", "info"]
            assert "PIXFERRY_REDIS_URL" in away[0]["reason"]
            assert f":{PASSWORD}@" not in server.log()
            assert '"event": "fault"' not in server.log()


def test_a_server_starts_without_redis_and_finds_it_later(tmp_path, own_redis):
    own_redis.stop()
    with pair(tmp_path / "data", own_redis.new_url()) as servers:
        for server in servers:
            assert "limits" in shown(server)
            assert len(lines(server, "Redis is away")) == 1
            assert server.try_upload(PHOTO).status_code == 201
        own_redis.start()
        wait_for_redis(servers)
        assert_limited(upload_at_once(servers, RATE + 2))


@pytest.mark.parametrize(
    ("given", "told"),
    [("", "wants a password"), (":guessed@", "refuses the user name or password")],
)
def test_a_password_that_is_missing_or_wrong_stops_the_start(tmp_path, redis_server, given, told):
    url = redis_server.new_url().replace(f":{PASSWORD}@", given)
    env = environment(tmp_path / "data", free_port(), REDIS_URL=url)
    answer = pixferry("up", env=env, check=False)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "PIXFERRY_REDIS_URL" in answer.stderr
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr
    assert "guessed" not in answer.stderr


def test_redis_is_imported_only_where_it_is_used(tmp_path):
    """As is shown by a start that can't import it."""
    code = "import sys; sys.modules['redis'] = None; from pixferry.cli import main; main()"
    env = environment(tmp_path / "data", free_port())
    answer = subprocess.run(
        [sys.executable, "-c", code, "stats"], env=env, cwd=ROOT, capture_output=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
