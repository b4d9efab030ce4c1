"""Real servers for tests: `pixferry up` as a process of its own, on a free port."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import requests
from apart import run_apart
from backings import addresses

ROOT = Path(__file__).parents[1]


START_LIMIT, STOP_LIMIT = 120, 60
"""Seconds that a process has on a machine that does much else; one that ends is noticed at once."""

_process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
PORTS = range(12_000 + _process, 32_000, _processes)
"""Below those that the system gives to outgoing connections: one of these might take a port
while its server is stopped and about to be started again. Likewise none of the other processes
that share the suite takes one of these."""

_given: set[int] = set()


def free_port() -> int:
    """A port that nobody was given before, for its server may be stopped just now."""
    while True:
        port = random.choice(PORTS)
        if port in _given:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port


def environment(data_dir: Path, port: int, **settings) -> dict[str, str]:
    """An environment with these settings and no others, whatever the shell has."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIXFERRY_")}
    given = {"DATA_DIR": data_dir, "PORT": port, "ANONYMOUS_RATE": "100000/hour;1000000/day"}
    given |= (
        {"LOG_FORMAT": "json", "RENDER_RATE": "100000/minute"}
        | settings
        | addresses(data_dir, settings)
    )
    return kept | {f"PIXFERRY_{name}": str(value) for name, value in given.items()}


def _respelled(line: str) -> str:
    try:
        return json.dumps(json.loads(line))
    except ValueError:  # what was written before logging was set up, or as Python fell over
        return line


@dataclass
class Server:
    """A running server. `url` has no slash at its end; `key` is the administrator's token."""

    url: str
    port: int
    data_dir: Path
    process: subprocess.Popen
    log_file: Path
    env: dict[str, str]
    key: str | None = None

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def log(self) -> str:
        """What it has logged, JSON as `json.dumps` spells it, whatever the server writes it with."""
        lines = self.log_file.read_text(errors="replace").splitlines()
        return "".join(f"{_respelled(line)}\n" for line in lines)

    def cli(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        """Run a command of the program on the same data."""
        return pixferry(*arguments, env=self.env, check=check)

    def new_key(self, email: str, *more: str) -> dict[str, str]:
        """Headers with a new key of that person; `more` is said as to `keys create`.

        It is made here: a process of its own would take as long as several tests.
        """
        from core.model import Ability

        told = {"--plan": None, "--abilities": "read,write"}
        assert told.keys() >= set(more[::2])
        told |= zip(more[::2], more[1::2], strict=True)

        async def make() -> str:
            async with self.opened() as core:
                wanted = frozenset(map(Ability, told["--abilities"].split(",")))
                return (await core.accounts.issue_key(email, told["--plan"], wanted, "")).token

        return {"Authorization": f"Bearer {run_apart(make())}"}

    def opened(self, **overrides):
        """The core on the same data, as another process with the same settings has it."""
        from core.bootstrap import open_core
        from core.settings import Settings

        told = {name.removeprefix("PIXFERRY_").lower(): said for name, said in self.env.items()}
        known = {name: said for name, said in told.items() if name in Settings.model_fields}
        return open_core(Settings(_env_file=None, **known), **overrides)

    def add_key(self, headers: dict[str, str], *abilities: str) -> dict[str, str]:
        """Headers with one more key of the team behind these."""
        made = requests.post(
            f"{self.url}/v1/keys", json={"abilities": abilities}, headers=headers, timeout=30
        )
        assert made.status_code == 201, made.text
        return {"Authorization": f"Bearer {made.json()['token']}"}

    def upload(self, data: bytes, name: str = "photo.jpg", headers=None, **fields) -> dict:
        """Upload and expect success."""
        answer = self.try_upload(data, name, headers, **fields)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def try_upload(self, data: bytes, name: str = "photo.jpg", headers=None, **fields):
        return requests.post(
            f"{self.url}/v1/upload",
            files={"file": (name, data)},
            data=fields,
            headers=headers or {},
            timeout=90,
        )

    def get(self, path: str, **options) -> requests.Response:
        return requests.get(f"{self.url}{path}", timeout=30, **options)

    def kill(self) -> None:
        """kill -9, as a power cut."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOP_LIMIT)


def pixferry(*arguments: str, env: dict[str, str], check: bool = True):
    return subprocess.run(
        [sys.executable, "-m", "pixferry", *arguments],
        env=env,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=check,
    )


def start(data_dir: Path, *, command: str = "up", port: int | None = None, **settings) -> Server:
    """Start a server and wait until it answers."""
    port = port or free_port()
    env = environment(data_dir, port, **settings)
    data_dir.mkdir(parents=True, exist_ok=True)
    log_file = data_dir.parent / f"{data_dir.name}-{port}.log"
    out_file = log_file.with_suffix(".out")
    with log_file.open("ab") as log, out_file.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "pixferry", command],
            env=env,
            cwd=ROOT,
            stdout=out,
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}"
    server = Server(url, port, data_dir, process, log_file, env)
    deadline = time.monotonic() + START_LIMIT
    while True:
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            if requests.get(f"{url}/healthz", timeout=5).ok:
                break
        if process.poll() is not None or time.monotonic() > deadline:
            server.kill()
            raise AssertionError(f"the server did not start: {server.log()}{out_file.read_text()}")
        time.sleep(0.05)
    while command == "up" and "listens on" not in out_file.read_text():
        time.sleep(0.02)
    if token := re.search(r"^  (\d+\|\S+)$", out_file.read_text(), re.MULTILINE):
        server.key = token[1]
    return server


@contextlib.contextmanager
def running(data_dir: Path, **options):
    """A server for the length of a block."""
    server = start(data_dir, **options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
