"""`pixferry up`: what it prints, what stops it from starting, what it logs."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pictures
import pytest
import recount
import requests
from servers import ROOT, START_LIMIT, environment, free_port, pixferry, running


def printed(server) -> str:
    return server.log_file.with_suffix(".out").read_text()


def test_the_first_start_shows_a_key_and_a_curl_that_works(tmp_path):
    with running(tmp_path / "data") as server:
        told = printed(server)
        assert f"Pixferry listens on {server.url}\n" in told
        assert f"Data lives in {tmp_path / 'data'}\n" in told
        assert server.key
        (command,) = re.findall(r"curl (?:.|\\\n)*?/v1/upload", told)
        (tmp_path / "photo.jpg").write_bytes(pictures.jpeg())
        answer = subprocess.run(
            ["sh", "-c", command], cwd=tmp_path, capture_output=True, timeout=60, check=True
        )
        made = json.loads(answer.stdout)
        assert made["link"] == f"{server.url}/{made['id']}"
        usage = requests.get(f"{server.url}/v1/usage", headers=server.auth, timeout=30).json()
        assert usage["plan"] == "unlimited"
        assert usage["totals"]["media_stored"] == 1
        mode = (tmp_path / "data" / "secret_key").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600
        first, port = server.key, server.port
    with running(tmp_path / "data", port=port) as server:
        assert server.key is None
        told = printed(server)
        assert first.partition("|")[2] not in told
        assert re.search(r"curl -F file=@photo.jpg http://\S+/v1/upload\n", told)
        auth = {"Authorization": f"Bearer {first}"}
        assert requests.get(f"{server.url}/v1/usage", headers=auth, timeout=30).ok


def test_the_first_start_shows_a_key_though_accounts_were_made_before(tmp_path):
    env = environment(tmp_path / "data", 0)
    pixferry("keys", "create", "--email", "early@example.org", env=env)
    with running(tmp_path / "data") as server:
        assert server.key


def test_any_free_port_is_in_the_greeting_and_in_the_links(tmp_path):
    with starting(tmp_path / "data", PORT=0) as process:
        told = ""
        while "/v1/upload\n" not in told:
            told += process.stdout.readline()
        url = re.search(r"listens on (http://127\.0\.0\.1:\d+)\n", told)[1]
        made = requests.post(
            f"{url}/v1/upload", files={"file": ("a.jpg", pictures.jpeg())}, timeout=30
        ).json()
        assert made["link"].startswith(f"{url}/")
        assert requests.get(made["src"], timeout=30).ok


@contextmanager
def starting(data_dir, **settings):
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pixferry", "up"],
        env=environment(data_dir, 0, **settings),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)


def is_ours(address: str) -> bool:
    """Whether this machine has that address of IPv6."""
    try:
        with socket.create_server((address, 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.parametrize("host", ["localhost", "0.0.0.0", *filter(is_ours, ["::"])])
def test_hosts(tmp_path, host):
    with running(tmp_path / "data", HOST=host) as server:
        assert server.get("/healthz").ok
        if host == "::" and is_ours("::1"):
            assert requests.get(f"http://[::1]:{server.port}/healthz", timeout=30).ok


def refused(env, *words) -> str:
    """What a start that must fail says."""
    answer = pixferry(*(words or ["up"]), env=env, check=False)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr
    assert "Error: " in answer.stderr
    return answer.stderr.partition("Error: ")[2]


def test_a_port_in_use_stops_the_start_and_shows_no_key(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        told = refused(environment(tmp_path / "data", port))
        assert "PIXFERRY_PORT" in told
        assert str(port) in told
        assert "in use" in told
    with running(tmp_path / "data", port=port) as server:
        assert server.key, "the key was not used up by the start that failed"


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_a_host_that_is_not_ours_stops_the_start(tmp_path, host):
    told = refused(environment(tmp_path / "data", 0, HOST=host))
    assert "PIXFERRY_HOST" in told
    assert host in told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "eighty", ["PIXFERRY_PORT is 'eighty'", "integer"]),
        ("DATA_DIR", "/proc/none", ["PIXFERRY_DATA_DIR", "/proc/none"]),
        ("STORAGE_URL", "file:///proc/none", ["PIXFERRY_STORAGE_URL", "/proc/none"]),
        ("DATABASE_URL", "sqlite+aiosqlite:////proc/x.db", ["PIXFERRY_DATABASE_URL", "/proc"]),
        ("PLANS_FILE", "/none.toml", ["PIXFERRY_PLANS_FILE is '/none.toml'", "No such file"]),
        ("SECRET_KEY", "short", ["PIXFERRY_SECRET_KEY is too short", "16"]),
    ],
)
def test_a_wrong_setting_stops_the_start(tmp_path, name, value, told):
    found = refused(environment(tmp_path / "data", 0, **{name: value}))
    for words in told:
        assert words in found


def test_all_wrong_settings_are_told_at_once(tmp_path):
    found = refused(environment(tmp_path / "data", 0, WORKERS=0, LOG_LEVEL="loud"))
    assert "PIXFERRY_WORKERS" in found
    assert "PIXFERRY_LOG_LEVEL" in found


def test_a_database_of_a_newer_version_stops_the_start(tmp_path):
    env = environment(tmp_path / "data", 0)
    pixferry("migrate", env=env)
    with closing(sqlite3.connect(tmp_path / "data" / "pixferry.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version of Pixferry" in refused(env)
    assert "newer version of Pixferry" in refused(env, "stats")


def test_an_unknown_variable_is_warned_of(tmp_path):
    env = environment(tmp_path / "data", 0, PUBLIC_ULR="x")
    answer = pixferry("stats", env=env)
    warned = json.loads(answer.stderr)
    assert warned["level"] == "warning"
    assert "PIXFERRY_PUBLIC_ULR" in warned["event"]
    assert "did you mean PIXFERRY_PUBLIC_URL?" in warned["event"]


@pytest.mark.parametrize("name", ["with space, ümläut", "100%41#b?c"])
def test_any_name_of_a_data_folder_will_do(tmp_path, name):
    env = environment(tmp_path / name, 0)
    pixferry("migrate", env=env)
    assert (tmp_path / name / "pixferry.db").stat().st_size > 0


def test_a_rotated_secret_keeps_what_the_old_one_signed(tmp_path):
    old, new = "old-secret-old-secret", "new-secret-new-secret"
    with running(tmp_path / "data", SECRET_KEY=old) as server:
        auth = server.new_key("rotate@example.org")
        for seed in range(3):
            server.upload(pictures.jpeg(seed=seed), headers=auth)
        page = server.get("/v1/media?limit=1", headers=auth).json()
    cursor = page["next_cursor"]
    statuses = {}
    for keys in (f"{new},{old}", new):
        with running(tmp_path / "data", SECRET_KEY=keys) as server:
            path = f"/v1/media?limit=1&cursor={cursor}"
            statuses[keys] = server.get(path, headers=auth).status_code
    assert statuses == {f"{new},{old}": 200, new: 422}


# Logs


def test_logs_are_json_that_names_requests_and_tells_no_secret(tmp_path):
    with running(tmp_path / "data") as server:
        auth = server.new_key("log@example.org")
        token = auth["Authorization"].partition(" ")[2]
        answer = server.try_upload(
            pictures.jpeg(), "secret-file-name.jpg", headers=auth, caption="secret-caption"
        )
        made = answer.json()
        anonymous = server.upload(pictures.jpeg(seed=2), "secret-file-name.jpg")
        server.get(f"/{made['id']}.jpeg")
        server.get("/v1/usage", headers={"Authorization": "Bearer 1|secret-wrong-token"})
        server.get("/v1/media?q=secret-words", headers=auth)
        own = server.get("/healthz", headers={"X-Request-Id": "my-own-id-123"})
        assert own.headers["X-Request-Id"] == "my-own-id-123"
    lines = [json.loads(line) for line in server.log().splitlines()]
    assert {"event", "level", "logger", "timestamp"} <= set.intersection(*map(set, lines))
    told = {line.get("request_id"): line for line in lines if line["event"] == "request"}
    line = told[answer.headers["X-Request-Id"]]
    assert (line["method"], line["route"], line["status"]) == ("POST", "/v1/upload", 201)
    assert told["my-own-id-123"]["route"] == "/healthz"
    secret = (tmp_path / "data" / "secret_key").read_text()
    hidden = [token.partition("|")[2], anonymous["delete_token"], secret, server.key, "secret-"]
    for words in [*hidden, "log@example.org"]:
        assert words not in server.log()


def test_a_fault_is_one_line_of_the_log_under_its_request_id(tmp_path):
    with running(tmp_path / "data") as server:
        auth = server.new_key("fault@example.org")
        with closing(sqlite3.connect(tmp_path / "data" / "pixferry.db")) as database, database:
            database.execute("UPDATE api_keys SET abilities = 'nonsense'")
        answer = server.get("/v1/usage", headers=auth)
        assert (answer.status_code, answer.json()["error"]) == (500, "internal_error")
        assert "nonsense" not in answer.text
    lines = [json.loads(line) for line in server.log().splitlines()]
    (fault,) = [line for line in lines if line["event"] == "fault"]
    assert fault["request_id"] == answer.json()["request_id"] == answer.headers["X-Request-Id"]
    assert "nonsense" in fault["exception"]


def test_logs_of_libraries_are_json_with_their_traceback():
    program = (
        "import logging\n"
        "from pixferry.logs import set_up\n"
        "set_up('json', 'info')\n"
        "try: 1 / 0\n"
        "except ZeroDivisionError: logging.getLogger('some.library').exception('it broke')\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    line = json.loads(told.stderr)
    assert (line["event"], line["level"], line["logger"]) == ("it broke", "error", "some.library")
    assert "ZeroDivisionError" in line["exception"]


ODD = {
    "half of a pair": "'\\ud800'",
    "a great number": "10 ** 30",
    "an object": "open",
    "a set": "{1}",
}


@pytest.mark.parametrize("value", ODD.values(), ids=ODD)
def test_whatever_is_logged_becomes_a_line(value):
    program = (
        "import logging, structlog\n"
        "from pixferry.logs import set_up\n"
        "set_up('json', 'info')\n"
        f"structlog.get_logger('x').info('one', value={value})\n"
        f"logging.getLogger('y').log(25, 'two %s', {value})\n"
        "structlog.get_logger('x').debug('not this')\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    one, two = map(json.loads, told.stderr.splitlines())
    assert (one["event"], one["level"], one["logger"]) == ("one", "info", "x")
    assert two["event"].startswith("two ")
    assert one["timestamp"].endswith("Z")
    assert one["timestamp"] < two["timestamp"]


def test_a_log_that_takes_nothing_stops_no_request(tmp_path):
    """A full disk, say."""
    with Path("/dev/full").open("wb") as full:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pixferry", "up"],
            env=environment(tmp_path / "data", 0),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=full,
            text=True,
        )
        try:
            told = ""
            while "/v1/upload\n" not in told:
                told += process.stdout.readline()
            url = re.search(r"listens on (http://127\.0\.0\.1:\d+)\n", told)[1]
            for _ in range(100):
                assert requests.get(f"{url}/healthz", timeout=30).ok
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)


def test_it_serves_though_started_without_standard_streams(tmp_path):
    """As some start daemons: `pixferry up <&- >&- 2>&-`."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with subprocess.Popen(
        ["sh", "-c", 'exec "$0" -m pixferry up <&- >&- 2>&-', sys.executable],
        env=environment(tmp_path / "data", port),
        cwd=ROOT,
    ) as process:
        try:
            until_it_answers(f"{url}/healthz", process)
            files = {"file": pictures.jpeg()}
            assert requests.post(f"{url}/v1/upload", files=files, timeout=60).status_code == 201
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


def until_it_answers(url: str, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server has ended"
        with suppress(requests.ConnectionError, requests.Timeout):
            if requests.get(url, timeout=5).ok:
                return
        time.sleep(0.05)
    raise AssertionError("the server does not answer")


def test_a_traceback_for_people_shows_no_values():
    program = (
        "import structlog\n"
        "from pixferry.logs import set_up\n"
        "set_up('console', 'info')\n"
        "def broken(token): 1 / 0\n"
        "try: broken('hun' + 'ter2')\n"
        "except ZeroDivisionError: structlog.get_logger('x').exception('it broke')\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "it broke" in told.stderr
    assert "ZeroDivisionError" in told.stderr
    assert "hunter2" not in told.stderr
    assert "\x1b" not in told.stderr, "colours are for terminals: this goes to a file"


def test_a_process_that_only_sweeps(tmp_path):
    """`pixferry sweep --watch`, beside `pixferry api`, until it is told to stop."""
    data = tmp_path / "data"
    with running(data, command="api", SWEEP_INTERVAL=0.1) as server:
        server.new_key("sweep@example.org")
        with subprocess.Popen(
            [sys.executable, "-m", "pixferry", "sweep", "--watch"],
            env=server.env,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as watching:
            for _ in range(2):
                ended = datetime.now(UTC) - timedelta(seconds=1)
                ids = recount.plant(data, 3, ended, "sweep@example.org")
                while recount.rows(data, "SELECT id FROM media"):
                    assert watching.poll() is None
                    time.sleep(0.05)
                assert server.get(f"/{ids[0]}.jpeg").status_code == 410
            watching.send_signal(signal.SIGTERM)
            out, err = watching.communicate(timeout=30)
        assert (watching.returncode, out) == (0, b"")
        assert b"Traceback" not in err
