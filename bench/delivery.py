"""Delivery: /{id}.jpeg of three sizes beside nginx with the same bytes as static files.

nginx runs twice, with a worker a core and with a single one, as Pixferry here is one process.
Another server, aiohttp that answers these bytes from memory and does nothing else, shows how far
one Python process can come on this machine. Beside rates stands the processor time of a request,
which other work on the machine changes less.
"""

from __future__ import annotations

import argparse
import os
import sys
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field

from bench.harness import (
    Process,
    folder,
    free_port,
    interleaved,
    listening,
    pixferry,
    ratio,
    wrk,
)
from bench.nginx import nginx
from bench.pictures import jpeg_of
from bench.places import add_backing, backing
from bench.posting import post_one
from bench.report import Report

SIZES = {
    "15 KB": (15 << 10, 320, 240, 0.45),
    "250 KB": (250 << 10, 1280, 960, 0.75),
    "2 MB": (2 << 20, 3200, 2400, 1.5),
}
"""About how many bytes, width, height, and the target as a ratio to nginx."""

CORES = os.cpu_count() or 1
NGINX = f"nginx, {CORES} workers"
ONE = "nginx, 1 worker"
MEMORY = "aiohttp from memory"
OURS = "Pixferry"
SERVERS = (NGINX, ONE, MEMORY, OURS)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=5, help="of each round of each server")
    options.add_argument("--at-once", type=int, default=8)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--log-level", default="info", help="Pixferry's, which logs to a file")
    add_backing(options)
    given = options.parse_args()
    report = Report("delivery", vars(given))
    with ExitStack() as stack:
        behind = stack.enter_context(backing(given.backing))
        work = stack.enter_context(folder())
        place = behind.place(work / "data")
        pix = stack.enter_context(pixferry(place, LOG_LEVEL=given.log_level))
        files = work / "static"
        files.mkdir()
        paths: dict[str, dict[str, str]] = {}
        for label, (size, width, height, _) in SIZES.items():
            media = post_one(pix, "/v1/upload", [jpeg_of(size, width, height)], pix.headers)
            served = _fetched(f"{pix.url}/{media['id']}.jpeg")
            name = f"{label.replace(' ', '')}.jpeg"
            (files / name).write_bytes(served)
            paths[label] = dict.fromkeys(SERVERS, f"/{name}") | {OURS: f"/{media['id']}.jpeg"}
            report.settings[f"bytes of {label}"] = len(served)
        port = free_port()
        command = [sys.executable, "-m", "bench.memory_server", str(port), str(files)]
        servers: dict[str, Process] = {
            NGINX: stack.enter_context(nginx(files, work / "nginx", CORES)),
            ONE: stack.enter_context(nginx(files, work / "one", 1)),
            MEMORY: stack.enter_context(listening(command, port, work / "memory.log")),
            OURS: pix,
        }
        sides = {
            (label, name): Side(servers[name], found[name], given.seconds, given.at_once)
            for label, found in paths.items()
            for name in SERVERS
        }
        rates = interleaved(
            {f"{label}: {name}": side.measure for (label, name), side in sides.items()},
            given.rounds,
        )
    for label, (*_, target) in SIZES.items():
        for name in SERVERS:
            report.add(f"{label}: {name}", rates[f"{label}: {name}"], "/s")
            report.add(f"{label}: {name}, processor time of one", sides[label, name].spent, "µs")
        for name, at_least in ((OURS, target), (MEMORY, None)):
            for peer in (NGINX, ONE):
                found = ratio(rates[f"{label}: {name}"], rates[f"{label}: {peer}"])
                aim = at_least if peer == NGINX else None
                report.add(f"{label}: {name}, ratio to {peer}", found, "x", at_least=aim)
        saved = ratio(sides[label, MEMORY].spent, sides[label, OURS].spent)
        report.add(f"{label}: {MEMORY}'s processor time to {OURS}'s", saved, "x")
        saved = ratio(sides[label, NGINX].spent, sides[label, OURS].spent)
        report.add(f"{label}: {NGINX}'s processor time to {OURS}'s", saved, "x")
    report.finish()


@dataclass
class Side:
    """One address of one server; `spent` are microseconds of processor time a request."""

    server: Process
    path: str
    seconds: int
    at_once: int
    spent: list[float] = field(default_factory=list)

    def measure(self) -> float:
        before = self.server.cpu_seconds()
        rate = wrk(f"{self.server.url}{self.path}", self.seconds, self.at_once)
        used = self.server.cpu_seconds() - before
        self.spent.append(used / (rate * self.seconds) * 1_000_000)
        return rate


def _fetched(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        data: bytes = answer.read()
    return data


if __name__ == "__main__":
    main()
