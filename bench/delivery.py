"""Delivery: /{id}.jpeg of three sizes beside nginx with the same bytes as static files.

A third server, aiohttp that answers these bytes from memory and does nothing else, shows how far
one Python process can come on this machine.
"""

from __future__ import annotations

import argparse
import sys
import urllib.request
from functools import partial
from typing import TYPE_CHECKING

from bench.harness import (
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

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SIZES = {
    "15 KB": (15 << 10, 320, 240, 0.45),
    "250 KB": (250 << 10, 1280, 960, 0.75),
    "2 MB": (2 << 20, 3200, 2400, 1.5),
}
"""About how many bytes, width, height, and the target as a ratio to nginx."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=5, help="of each round of each server")
    options.add_argument("--at-once", type=int, default=8)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--log-level", default="info", help="Pixferry's, which logs to a file")
    add_backing(options)
    given = options.parse_args()
    report = Report("delivery", vars(given))
    with (
        backing(given.backing) as behind,
        folder() as work,
        pixferry(behind.place(work / "data"), LOG_LEVEL=given.log_level) as server,
        nginx(_made(work / "static"), work) as static,
    ):
        names = {label: f"{label.replace(' ', '')}.jpeg" for label in SIZES}
        load = partial(wrk, seconds=given.seconds, at_once=given.at_once)
        cases: dict[str, Callable[[], float]] = {}
        for label, (size, width, height, _) in SIZES.items():
            picture = jpeg_of(size, width, height)
            media = post_one(server, "/v1/upload", [picture], server.headers)
            served = _fetched(f"{server.url}/{media['id']}.jpeg")
            (work / "static" / names[label]).write_bytes(served)
            assert _fetched(f"{static.url}/{names[label]}") == served
            report.settings[f"bytes of {label}"] = len(served)
            cases[f"nginx, {label}"] = partial(load, f"{static.url}/{names[label]}")
            cases[f"Pixferry, {label}"] = partial(load, f"{server.url}/{media['id']}.jpeg")
        port = free_port()
        command = [sys.executable, "-m", "bench.memory_server", str(port), str(work / "static")]
        with listening(command, port, work / "memory.log") as memory:
            for label, name in names.items():
                cases[f"memory, {label}"] = partial(load, f"{memory.url}/{name}")
            rates = interleaved(cases, given.rounds)
        for name, values in rates.items():
            report.add(name, values, "/s")
        for label, (*_, target) in SIZES.items():
            found = ratio(rates[f"Pixferry, {label}"], rates[f"nginx, {label}"])
            report.add(f"{label}: ratio to nginx", found, "x", at_least=target)
            found = ratio(rates[f"memory, {label}"], rates[f"nginx, {label}"])
            report.add(f"{label}: plain aiohttp from memory, ratio to nginx", found, "x")
    report.finish()


def _made(path: Path) -> Path:
    path.mkdir()
    return path


def _fetched(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:
        data: bytes = answer.read()
    return data


if __name__ == "__main__":
    main()
