"""What all measurements share: servers as processes of their own, rounds, memory, load by wrk."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from bench.places import Place

ROOT = Path(__file__).parents[1]
MB = 1 << 20
EMAIL = "bench@example.org"
START_SECONDS = 60

PLANS = """
[plans.anonymous]
label = "Anonymous"
retention_days = 30
max_file = "20 MB"
max_svg = "10 MB"
price = "Free"

[plans.free]
label = "Free"
max_file = "70 MB"
max_svg = "10 MB"
price = "Free"

[plans.unlimited]
label = "Unlimited"
max_file = "70 MB"
max_svg = "10 MB"
requests_minute = 1000000000
price = "Free"
"""
"""The built-in plans' sizes, and a limit of abuse that is counted as ever but never reached."""


@dataclass
class Process:
    """A process that listens on 127.0.0.1; `seconds` is what it took to answer."""

    process: subprocess.Popen[bytes]
    port: int
    seconds: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def rss(self) -> int:
        """Bytes of the main process in memory."""
        return int(psutil.Process(self.process.pid).memory_info().rss)

    def pss(self) -> tuple[int, list[int]]:
        """Bytes of the main process and of each child, shared pages divided fairly."""
        main = psutil.Process(self.process.pid)
        children = main.children(recursive=True)
        return main.memory_full_info().pss, [one.memory_full_info().pss for one in children]

    def cpu_seconds(self) -> float:
        """Seconds of processor time that the process and its children have used."""
        main = psutil.Process(self.process.pid)
        times = [one.cpu_times() for one in (main, *main.children(recursive=True))]
        return float(sum(one.user + one.system for one in times))

    def stop(self) -> None:
        """End it as Ctrl-C does, and what it leaves behind: thumbor's processes outlive it."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()


@dataclass
class Pixferry(Process):
    """A running `pixferry up` or `api`; `headers` carry a key of a team without limits."""

    place: Place
    headers: dict[str, str]


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder for one measurement, on the disk that TMPDIR names, removed at the end."""
    with tempfile.TemporaryDirectory(prefix="pixferry-bench-") as path:
        yield Path(path)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(place: Place, **settings: object) -> dict[str, str]:
    """An environment with these settings and no others, whatever the shell has."""
    place.folder.mkdir(parents=True, exist_ok=True)
    plans = place.folder / "plans.toml"
    plans.write_text(PLANS)
    given: dict[str, object] = {
        "DATA_DIR": place.folder,
        "PLANS_FILE": plans,
        "LOG_FORMAT": "json",
        **place.settings,
        **settings,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIXFERRY_")}
    return kept | {f"PIXFERRY_{name}": str(value) for name, value in given.items()}


def cli(place: Place, *arguments: str) -> str:
    """Run a command of the program; gives what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "pixferry", *arguments],
        env=environment(place),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def new_key(place: Place) -> dict[str, str]:
    """Headers with a key of a team without limits, which is made if there is none."""
    token = cli(place, "keys", "create", "--email", EMAIL, "--plan", "unlimited").strip()
    return {"Authorization": f"Bearer {token}"}


@contextlib.contextmanager
def listening(
    arguments: Sequence[str], port: int, log_file: Path, env: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """A process that answers HTTP on that port, for the length of a block."""
    began = time.perf_counter()
    with log_file.open("ab") as log:
        process = subprocess.Popen(arguments, env=env, cwd=ROOT, stdout=log, stderr=log)
    server = Process(process, port, 0)
    try:
        while not answers(port):
            if process.poll() is not None or time.perf_counter() - began > START_SECONDS:
                raise RuntimeError(f"it did not start:\n{log_file.read_text()[-4000:]}")
            time.sleep(0.005)
        server.seconds = time.perf_counter() - began
        yield server
    finally:
        if process.poll() is None:
            server.stop()


def answers(port: int) -> bool:
    """Whether somebody speaks HTTP there."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse().read()
    except OSError:
        return False
    else:
        return True
    finally:
        connection.close()


@contextlib.contextmanager
def pixferry(place: Place, command: str = "up", **settings: object) -> Iterator[Pixferry]:
    """A server with default settings but for its place, the plans and these."""
    port = free_port()
    env = environment(place, PORT=port, **settings)
    log_file = place.folder.with_name(f"{place.folder.name}-{port}.log")
    with listening([sys.executable, "-m", "pixferry", command], port, log_file, env) as server:
        yield Pixferry(server.process, port, server.seconds, place, new_key(place))


def program(name: str) -> str:
    """The path of a program that must be installed."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        raise SystemExit(f"This measurement needs {name}: apt-get install {name}")
    return found


def wrk(url: str, seconds: int, at_once: int, headers: Mapping[str, str] | None = None) -> float:
    """Requests a second of one address, by one thread of wrk over `at_once` connections.

    Raises:
        RuntimeError: an answer was no success, or a connection failed.
    """
    command = [program("wrk"), "-t1", f"-c{at_once}", f"-d{seconds}s", "--timeout", "30s"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    said = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if rate is None or "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(said)
    return float(rate[1])


def interleaved(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Each case's values of A B A B … rounds: machines drift, neighbours in time compare."""
    values: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds):
        for name, measure in cases.items():
            values[name].append(measure())
            print(f"  round {number + 1}, {name}: {values[name][-1]:,.4g}", file=sys.stderr)
    return values


def ratio(values: Sequence[float], to: Sequence[float]) -> float:
    """The median of the rounds' own ratios."""
    return statistics.median(one / other for one, other in zip(values, to, strict=True))


class MemoryWatch:
    """Samples a process's memory while a block runs; `growth` and `before` are bytes."""

    EVERY = 0.01

    def __init__(self, server: Process) -> None:
        self._server = server
        self._done = threading.Event()
        self.before = self.peak = 0

    def __enter__(self) -> Self:
        self.before = self.peak = self._server.rss()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(self.EVERY):
            self.peak = max(self.peak, self._server.rss())

    @property
    def growth(self) -> int:
        return self.peak - self.before
