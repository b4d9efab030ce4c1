"""A crowd on Discord: how soon commands are acknowledged and answered, and what that costs."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bench.harness import MB, ROOT, MemoryWatch, folder, pixferry
from bench.places import add_backing, backing
from bench.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.harness import Process

PUBLIC = "https://pix.example.org"
"""As where Discord can reach it: then the bot gives links, and does not send pictures along."""

LIMIT = 3.0
"""Seconds that Discord waits for an acknowledgement."""

PATIENCE = 600.0
FETCHED = 25


class Crowd:
    """The process of `bench.chat_crowd`, or of another platform's."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.at = self._read()

    def ask(self, **what: object) -> dict:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(what | {"patience": PATIENCE}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the stand-in for the platform ended")
        return json.loads(line)


@contextlib.contextmanager
def crowd(size: int, module: str = "bench.chat_crowd") -> Iterator[Crowd]:
    process = subprocess.Popen(
        [sys.executable, "-m", module, str(size)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))},
    )
    try:
        yield Crowd(process)
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(30)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1_000, help="commands of the flood")
    options.add_argument("--seconds", type=float, default=10, help="in which they come")
    options.add_argument("--in-flight", type=int, default=200, help="commands that always wait")
    options.add_argument("--more", type=int, default=400, help="commands begun while so many wait")
    options.add_argument("--kilobytes", type=int, default=100, help="of each picture")
    options.add_argument(
        "--attached", action="store_true", help="Discord can't reach the server: pictures go along"
    )
    add_backing(options)
    given = options.parse_args()
    report = Report("chat", vars(given))
    with backing(given.backing) as behind, folder() as work, crowd(given.kilobytes * 1_000) as they:
        told = {"DISCORD_TOKEN": they.at["token"], "DISCORD_API_URL": they.at["api_url"]}
        if not given.attached:
            told["PUBLIC_URL"] = PUBLIC
        with pixferry(behind.place(work / "data"), **told) as server:
            they.ask(do="hold", at_once=2, count=8)  # workers and connections are there then
            flood(report, server, they, given.count, given.seconds)
            hold(report, server, they, given.in_flight, given.more)
    report.finish()


def flood(report: Report, server: Process, they: Crowd, count: int, seconds: float) -> None:
    used = server.cpu_seconds()
    with MemoryWatch(server) as memory:
        done = they.ask(do="flood", count=count, seconds=seconds)
    used = server.cpu_seconds() - used
    what = f"{count} commands in {done['sent']:.0f} s"
    acknowledged = _acknowledged(done["answers"])
    _times(report, what, acknowledged)
    report.add(f"{what}: of that the stand-in's own delay, slowest", done["lag"] * 1_000, "ms")
    report.add(f"{what}: acknowledged within 3 s", sum(one < LIMIT for one in acknowledged))
    report.add(f"{what}: lost", count - followed(server, done), at_most=0)
    report.add(f"{what}: last answer after", done["took"], "s")
    report.add(f"{what}: answers a second", count / done["took"])
    report.add(f"{what}: processor time of one, workers too", used / count * 1_000, "ms")
    report.add(f"{what}: main process grows by", memory.growth / MB, "MB")


def hold(report: Report, server: Process, they: Crowd, at_once: int, count: int) -> None:
    done = they.ask(do="hold", at_once=at_once, count=count)
    what = f"{at_once} in flight"
    later = [one for one in done["answers"] if "filling" not in one]
    _times(report, what, _acknowledged(later), at_most=300)
    report.add(f"{what}: of that the stand-in's own delay, slowest", done["lag"] * 1_000, "ms")
    report.add(f"{what}: lost", len(done["answers"]) - followed(server, done), at_most=0)


def _acknowledged(answers: list[dict]) -> list[float]:
    return [one["acknowledged"] for one in answers if one["acknowledged"] is not None]


def _times(report: Report, what: str, seconds: list[float], at_most: float | None = None) -> None:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    report.add(f"{what}: acknowledged, p50", cuts[49] * 1_000, "ms")
    report.add(f"{what}: acknowledged, p99", cuts[98] * 1_000, "ms", at_most=at_most)
    report.add(f"{what}: acknowledged, slowest", max(seconds) * 1_000, "ms")


def followed(server: Process, done: dict) -> int:
    """How many have links of their own; some of them are followed to their pictures.

    Raises:
        RuntimeError: a link does not lead to a picture, or the platform would have refused something.
    """
    if done["complaints"]:
        raise RuntimeError("\n".join(done["complaints"][:10]))
    for said in [one["said"] for one in done["answers"] if not one["link"]][:5]:
        print(f"  lost: {said}", file=sys.stderr)
    links = sorted({one["link"] for one in done["answers"] if one["link"]})
    for link in links[:: max(1, len(links) // FETCHED)]:
        _follow(server, urlsplit(link).path)
    return len(links)


def _follow(server: Process, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", path, headers={"Accept": "image/*", "Sec-Fetch-Dest": "image"})
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    if answer.status != 200 or not data.startswith(b"\xff\xd8"):
        raise RuntimeError(f"{path} gives {answer.status} and {len(data)} bytes")


if __name__ == "__main__":
    main()
