"""Uploads: how many a second, and what memory they take."""

from __future__ import annotations

import argparse
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bench.harness import (
    MB,
    MemoryWatch,
    Process,
    folder,
    free_port,
    interleaved,
    listening,
    pixferry,
    ratio,
)
from bench.pictures import Variants, jpeg_of, png_of
from bench.places import add_backing, backing
from bench.posting import post_all, post_one
from bench.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=64, help="uploads a round")
    options.add_argument("--size", type=float, default=5, help="MB of each")
    options.add_argument("--at-once", type=int, default=8)
    options.add_argument("--large", type=float, default=70, help="MB of the single large one")
    options.add_argument("--rounds", type=int, default=3)
    add_backing(options)
    given = options.parse_args()
    report = Report("uploads", vars(given))
    variants = Variants(jpeg_of(int(given.size * MB), 4000, 3000))
    large = png_of(int(given.large * MB))
    with (
        backing(given.backing) as behind,
        folder() as work,
        _receiver("ours", work) as ours,
        _receiver("peer", work) as peer,
        pixferry(behind.place(work / "data")) as whole,
    ):
        no_headers: dict[str, str] = {}
        servers: dict[str, tuple[Process, str, Mapping[str, str]]] = {
            "peer, 8 KB reads": (peer, "/", no_headers),
            "receive and hash": (ours, "/", no_headers),
            "whole upload": (whole, "/v1/upload", whole.headers),
        }
        growths: dict[str, list[float]] = {name: [] for name in servers}
        spent: dict[str, list[float]] = {name: [] for name in servers}

        def round_of(name: str) -> float:
            server, path, headers = servers[name]
            pictures = [variants.next() for _ in range(given.count)]
            began = server.cpu_seconds()
            with MemoryWatch(server) as watch:
                rate = post_all(server, path, pictures, given.at_once, headers)
            spent[name].append((server.cpu_seconds() - began) / given.count * 1000)
            growths[name].append(watch.growth / MB)
            return rate

        # First, while no process has grown yet: what a large file takes, it keeps for the next.
        for name, (server, path, headers) in servers.items():
            post_one(server, path, variants.next(), headers)  # imports, threads, a worker
            with MemoryWatch(server) as watch:
                post_one(server, path, [large], headers)
            most = 32 if name != "peer, 8 KB reads" else None
            what = f"one of {given.large:g} MB, main process grows by ({name})"
            report.add(what, watch.growth / MB, "MB", at_most=most)
        for server, path, headers in servers.values():  # warm: imports, threads, workers
            post_all(server, path, [variants.next() for _ in range(8)], 4, headers)
        rates = interleaved(
            {name: lambda name=name: round_of(name) for name in servers},  # type: ignore[misc]  # mypy knows no defaults of lambdas
            given.rounds,
        )
        report.add("peer: plain aiohttp, 8 KB reads", rates["peer, 8 KB reads"], "/s")
        report.add("receive and hash", rates["receive and hash"], "/s", at_least=120)
        receiving = ratio(rates["receive and hash"], rates["peer, 8 KB reads"])
        report.add("receive and hash, ratio to the peer", receiving, "x", at_least=120 / 72)
        report.add("whole upload: validation and fsync too", rates["whole upload"], "/s")
        for name, values in spent.items():
            report.add(f"processor time of one ({name})", values, "ms")
        for name, values in growths.items():
            report.add(f"main process grows by ({name})", values, "MB")
    report.finish()


@contextmanager
def _receiver(kind: str, work: Path) -> Iterator[Process]:
    port = free_port()
    data = work / kind
    data.mkdir()
    command = [sys.executable, "-m", "bench.receivers", kind, str(port), str(data)]
    with listening(command, port, work / f"{kind}.log") as server:
        yield server


if __name__ == "__main__":
    main()
