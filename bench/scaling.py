"""Several `pixferry api` behind nginx, as `deploy/nginx` has it: what more processes bring.

Delivery of hot pictures from nginx's cache stands beside the same nginx serving the same bytes
as files; JSON reads and uploads through nginx stand beside those with one process. All
processes and nginxes run all the time, and those that are not measured idle.
"""

from __future__ import annotations

import argparse
import os
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bench.delivery import SIZES
from bench.harness import Pixferry, folder, interleaved, pixferry, ratio, wrk
from bench.nginx import Edge, edge
from bench.pictures import Variants, jpeg_of
from bench.places import Backing, add_backing, backing
from bench.posting import post_all, post_one
from bench.processor import Meter
from bench.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

TARGET = 0.9
"""Delivery through nginx's cache, as a ratio to nginx's own rate of static files."""

UPLOADED = ("15 KB", "250 KB")
PARTS = ("delivery", "reads", "uploads")


@dataclass(frozen=True)
class Shape:
    """So many servers behind one nginx, and who works when a request comes."""

    edge: Edge
    servers: list[Pixferry]
    services: Mapping[str, int]

    def meter(self) -> Meter:
        return Meter(
            {
                ("API", "image workers"): [one.process.pid for one in self.servers],
                "nginx": [self.edge.process.pid],
                **{name: [pid] for name, pid in self.services.items()},
            }
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--processes", type=int, nargs="+", default=[1, 2, 4])
    options.add_argument("--workers", type=int, default=1, help="image workers a process")
    options.add_argument("--seconds", type=int, default=5, help="of each round of each address")
    options.add_argument("--count", type=int, default=300, help="uploads a round")
    options.add_argument("--at-once", type=int, default=16)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    add_backing(options, "services")
    given = options.parse_args()
    report = Report("scaling", vars(given))
    with backing(given.backing) as behind, folder() as work, ExitStack() as stack:
        files = work / "static"
        files.mkdir()
        shapes = _started(stack, behind, work, files, given)
        measured = {"delivery": _deliver, "reads": _read, "uploads": _upload}
        for part in given.parts:
            measured[part](report, shapes, files, given)
    report.finish()


def _started(
    stack: ExitStack, behind: Backing, work: Path, files: Path, given: argparse.Namespace
) -> dict[int, Shape]:
    """A shape for each number of processes; the smaller ones share theirs with the larger."""
    place = behind.place(work / "data")
    settings = {"TRUSTED_PROXIES": "127.0.0.1/32", "WORKERS": given.workers}
    servers = [
        stack.enter_context(pixferry(place, "api", **settings)) for _ in range(max(given.processes))
    ]
    shapes = {}
    for count in given.processes:
        ports = [one.port for one in servers[:count]]
        front = stack.enter_context(edge(ports, files, work / f"edge{count}"))
        shapes[count] = Shape(front, servers[:count], behind.pids())
    return shapes


def _deliver(
    report: Report, shapes: Mapping[int, Shape], files: Path, given: argparse.Namespace
) -> None:
    """Hot pictures; how many processes stand behind does not matter then."""
    shape = shapes[given.processes[0]]
    load = partial(wrk, seconds=given.seconds, at_once=given.at_once)
    cases: dict[str, Callable[[], float]] = {}
    for label, (size, width, height, _) in SIZES.items():
        picture = jpeg_of(size, width, height)
        media = post_one(shape.edge, "/v1/upload", [picture], shape.servers[0].headers)
        hot = f"{shape.edge.url}/{media['id']}.jpeg"
        name = f"{label.replace(' ', '')}.jpeg"
        body, _ = _fetched(hot)
        (files / name).write_bytes(body)
        assert _fetched(hot) == (body, "HIT")
        assert _fetched(f"{shape.edge.plain}/{name}")[0] == body
        cases[f"{label}: a file"] = partial(load, f"{shape.edge.logged}/{name}")
        cases[f"{label}: a file, no log"] = partial(load, f"{shape.edge.plain}/{name}")
        cases[f"{label}: Pixferry's, kept by nginx"] = partial(load, hot)
    rates = interleaved(cases, given.rounds)
    for name, values in rates.items():
        report.add(name, values, "/s")
    for label in SIZES:
        kept = rates[f"{label}: Pixferry's, kept by nginx"]
        to = ratio(kept, rates[f"{label}: a file"])
        report.add(f"{label}: kept, ratio to a file", to, "x", at_least=TARGET)
        to = ratio(kept, rates[f"{label}: a file, no log"])
        report.add(f"{label}: kept, ratio to a file without log", to, "x")


def _read(report: Report, shapes: Mapping[int, Shape], _: Path, given: argparse.Namespace) -> None:
    """JSON, which nginx does not keep."""
    first = shapes[given.processes[0]]
    headers = first.servers[0].headers
    media = post_one(first.edge, "/v1/upload", [jpeg_of(15_000, 320, 240)], headers)
    path = f"/v1/media/{media['id']}"
    load = partial(wrk, seconds=given.seconds, at_once=given.at_once)
    for what, address, sent in (
        ("/v1/media/{id}", path, {}),
        ("/v1/media/{id} with a key", path, headers),
        ("/v1/usage", "/v1/usage", headers),
    ):
        cases = {
            count: partial(load, f"{shape.edge.url}{address}", headers=sent)
            for count, shape in shapes.items()
        }
        _compare(report, what, shapes, cases, given.rounds, requests=None)


def _upload(
    report: Report, shapes: Mapping[int, Shape], _: Path, given: argparse.Namespace
) -> None:
    headers = shapes[given.processes[0]].servers[0].headers
    for label in UPLOADED:
        size, width, height, _target = SIZES[label]
        variants = Variants(jpeg_of(size, width, height))

        def post(shape: Shape, variants: Variants = variants) -> float:
            pictures = [variants.next() for _ in range(given.count)]
            return post_all(shape.edge, "/v1/upload", pictures, given.at_once, headers)

        for shape in shapes.values():  # warm: workers, connections
            post_all(shape.edge, "/v1/upload", [variants.next() for _ in range(16)], 8, headers)
        cases = {count: partial(post, shape) for count, shape in shapes.items()}
        _compare(report, f"upload of {label}", shapes, cases, given.rounds, given.count)


def _compare(
    report: Report,
    what: str,
    shapes: Mapping[int, Shape],
    cases: Mapping[int, Callable[[], float]],
    rounds: int,
    requests: int | None,
) -> None:
    """Measure each number of processes by turns; `requests` a call, if that is known before."""
    meters = {count: shape.meter() for count, shape in shapes.items()}
    served = dict.fromkeys(cases, 0.0)

    def measure(count: int) -> float:
        with meters[count] as meter:
            before = meter.seconds
            rate = cases[count]()
        served[count] += requests or rate * (meter.seconds - before)
        return rate

    rates = interleaved(
        {f"{what}, {_processes(count)}": partial(measure, count) for count in cases}, rounds
    )
    first = f"{what}, {_processes(next(iter(cases)))}"
    for (name, values), (count, meter) in zip(rates.items(), meters.items(), strict=True):
        report.add(name, values, "/s")
        if name != first:
            report.add(
                f"{name}: ratio to {first.rpartition(', ')[2]}", ratio(values, rates[first]), "x"
            )
        report.add(f"{name}: cores busy, of {os.cpu_count()}", meter.cores)
        report.add(f"{name}: cores idle", meter.idle_cores)
        if name == first:
            for who, seconds in meter.spent.items():
                report.add(f"{name}: {who}, of one", seconds / served[count] * 1000, "ms")


def _processes(count: int) -> str:
    return f"{count} process" if count == 1 else f"{count} processes"


def _fetched(url: str) -> tuple[bytes, str | None]:
    """The body, and whether nginx had it."""
    with urllib.request.urlopen(url) as answer:
        return answer.read(), answer.headers["X-Cache"]


if __name__ == "__main__":
    main()
