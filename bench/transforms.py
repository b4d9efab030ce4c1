"""Transforms: whole requests through Pixferry, beside ipx and thumbor over the same pictures.

Uncached: Pixferry keeps neither renditions nor hot bytes, and no picture is asked for twice at
the same time, so every request is rendered. Cached: the same address again and again, with
everything at its default; ipx keeps nothing, thumbor keeps files.
"""

from __future__ import annotations

import argparse
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Self

from bench.closed_loop import Rate, rate
from bench.corpus import corpus
from bench.harness import MB, folder, interleaved, pixferry, ratio, wrk
from bench.peers.running import ipx, thumbor
from bench.places import Backing
from bench.posting import post_one
from bench.report import Report
from bench.transform_rows import ROWS, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from bench.harness import Pixferry, Process

UNLIMITED: dict[str, object] = {"RENDER_RATE": "1000000000/minute"}
KEEPS_NOTHING: dict[str, object] = {"DERIVED_LIMIT": 0, "HOT_BYTES": 0}
OURS, IPX, THUMBOR = "Pixferry", "ipx", "thumbor"


@dataclass
class Side:
    """One server, with what each row is called there."""

    server: Process
    paths: Callable[[Row], list[str]]

    def rate(self, row: Row, at_once: int, seconds: float) -> Rate:
        """Have a row's work done for so long."""
        paths, port = self.paths(row), self.server.port
        return rate(port, paths, at_once, seconds, row.expected)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", nargs="*", help="only those whose name has one of these words")
    options.add_argument("--peers", nargs="*", choices=[IPX, THUMBOR], default=[IPX, THUMBOR])
    options.add_argument("--at-once", type=int, nargs="*", default=[1, 8])
    options.add_argument("--seconds", type=float, default=3, help="of each round of each server")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--cached", action=argparse.BooleanOptionalAction, default=True)
    given = options.parse_args()
    report = Report("transforms", vars(given))
    rows = [row for row in ROWS if not given.rows or any(word in row.name for word in given.rows)]
    try:
        _measure(report, rows, given)
    finally:  # what was measured until then took minutes
        report.finish()


def _measure(report: Report, rows: list[Row], given: argparse.Namespace) -> None:
    with folder() as work, ExitStack() as open_until_end:
        sides = _sides(work, given.peers, rows, open_until_end)
        for row in rows:
            able = {name: side for name, side in sides.items() if _is_able(row, name)}
            for at_once in given.at_once:
                _uncached(report, row, able, at_once, given)
    if given.cached:
        with folder() as work, ExitStack() as open_until_end:
            sides = _sides(work, given.peers, rows[:1], open_until_end, keep=True)
            for at_once in given.at_once:
                _cached(report, rows[0], sides, at_once, given)


def _sides(
    work: Path, peers: Iterable[str], rows: list[Row], until: ExitStack, *, keep: bool = False
) -> dict[str, Side]:
    """Start the servers, and give Pixferry the pictures that the others have as files."""
    pictures = corpus()
    settings = UNLIMITED if keep else UNLIMITED | KEEPS_NOTHING
    place = Backing().place(work / "data")
    ours = until.enter_context(pixferry(place, LOG_LEVEL="warning", **settings))
    ids = {
        name: _hosted(ours, pictures / name)
        for kind in dict.fromkeys(row.kind for row in rows)
        for name in next(row for row in rows if row.kind == kind).files
    }
    sides = {OURS: Side(ours, lambda row: [row.pixferry_path(ids[name]) for name in row.files])}
    if IPX in peers:
        server = until.enter_context(ipx(pictures, work))
        sides[IPX] = Side(server, lambda row: [row.ipx_path(name) for name in row.files])
    if THUMBOR in peers:
        server = until.enter_context(thumbor(pictures, work, keeps=keep))
        sides[THUMBOR] = Side(server, lambda row: [row.thumbor_path(name) for name in row.files])
    return sides


def _hosted(server: Pixferry, path: Path) -> str:
    media = post_one(server, "/v1/upload", [path.read_bytes()], server.headers)
    return str(media["id"])


def _is_able(row: Row, name: str) -> bool:
    return {IPX: row.ipx, THUMBOR: row.thumbor}.get(name, ()) is not None


def _uncached(
    report: Report, row: Row, sides: dict[str, Side], at_once: int, given: argparse.Namespace
) -> None:
    peaks = dict.fromkeys(sides, 0.0)
    turned_away = dict.fromkeys(sides, 0)
    spent: dict[str, list[float]] = {name: [] for name in sides}

    def measured(name: str) -> float:
        side = sides[name]
        began = side.server.cpu_seconds()
        with PssWatch(side.server) as watch:
            found = side.rate(row, at_once, given.seconds)
        spent[name].append((side.server.cpu_seconds() - began) / found.count * 1000)
        peaks[name] = max(peaks[name], watch.peak / MB)
        turned_away[name] += found.turned_away
        return found.a_second

    for side in sides.values():  # warm: workers, libraries, the pictures' pages
        side.rate(row, at_once, 0.01)
    what = f"{row.name}, {at_once} at once"
    cases = {f"{what}: {name}": partial(measured, name) for name in sides}
    _add_ratios(report, what, interleaved(cases, given.rounds), row.at_least)
    for name, values in spent.items():
        report.add(f"{what}: {name}, processor time of one", values, "ms")
    for name, count in turned_away.items():
        if count:
            report.add(f"{what}: {name}, turned away (503) and asked again", count)
    if IPX in spent:
        saved = ratio(spent[IPX], spent[OURS])
        report.add(f"{what}: ipx's processor time to ours", saved, "x", at_least=row.at_least)
    for name, peak in peaks.items():
        report.add(f"{what}: {name}, most memory (PSS)", peak, "MB")


def _cached(
    report: Report, row: Row, sides: dict[str, Side], at_once: int, given: argparse.Namespace
) -> None:
    cases: dict[str, Callable[[], float]] = {}
    what = f"cached: {row.name}, {at_once} at once"
    for name, side in sides.items():
        path = side.paths(row)[0]
        rate(side.server.port, [path], 1, 0.01, row.expected)  # now it is kept
        url = f"{side.server.url}{path}"
        cases[f"{what}: {name}"] = partial(wrk, url, max(1, round(given.seconds)), at_once)
    _add_ratios(report, what, interleaved(cases, given.rounds), None)


def _add_ratios(
    report: Report, what: str, rates: dict[str, list[float]], at_least: float | None
) -> None:
    for name, values in rates.items():
        report.add(name, values, "/s")
    ours = rates[f"{what}: {OURS}"]
    for peer in (IPX, THUMBOR):
        theirs = rates.get(f"{what}: {peer}")
        if theirs:
            target = at_least if peer == IPX else None
            report.add(f"{what}: ratio to {peer}", ratio(ours, theirs), "x", at_least=target)


class PssWatch:
    """The most memory that a server and its children had in a block, shared pages divided."""

    EVERY = 0.25

    def __init__(self, server: Process) -> None:
        self._server = server
        self._done = threading.Event()
        self.peak = 0

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(self.EVERY):
            main, children = self._server.pss()
            self.peak = max(self.peak, main + sum(children))


if __name__ == "__main__":
    main()
