"""Sweeping expired images while people upload and look: how long it takes, and what they feel."""

from __future__ import annotations

import argparse
import http.client
import statistics
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bench.blobs import open_blobs
from bench.databases import Database, open_database
from bench.fill import Filling, fill
from bench.harness import EMAIL, Pixferry, cli, folder, new_key, pixferry
from bench.pictures import Variants, jpeg_of
from bench.places import Place, add_backing, backing
from bench.posting import post
from bench.report import Report

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE = 0.02
"""Seconds that each client rests between two requests."""

OVER = datetime(2001, 1, 1, tzinfo=UTC)
LEFT = (
    "SELECT EXISTS (SELECT 1 FROM media WHERE expires_at <= ?)"
    " OR EXISTS (SELECT 1 FROM blobs WHERE suspect_at IS NOT NULL)"
    " OR EXISTS (SELECT 1 FROM blobs WHERE doomed_at IS NOT NULL)"
)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=100_000, help="expired images a round")
    options.add_argument("--per-blob", type=int, default=1, help="images that share one blob")
    options.add_argument("--others", type=int, default=10_000, help="images that stay")
    options.add_argument("--quiet", type=float, default=10, help="seconds measured without a sweep")
    options.add_argument("--rounds", type=int, default=3)
    add_backing(options)
    given = options.parse_args()
    report = Report("sweep", vars(given))
    with backing(given.backing) as behind, folder() as work:
        place = behind.place(work / "data")
        _fill(place, given)
        _expire(place, given.rounds)
        began = time.perf_counter()
        cli(place, "sweep")
        alone = time.perf_counter() - began
        with pixferry(place, SWEEP_INTERVAL=1) as server:
            clients = _Clients(server)
            clients.during(lambda failed: failed.wait(2))  # warm: workers, connections
            seconds, quiet, swept = [], [], []
            for number in range(given.rounds):
                quiet.append(clients.during(lambda failed: failed.wait(given.quiet)))
                _expire(place, number)
                began = time.perf_counter()
                swept.append(clients.during(lambda failed: _wait(place, failed)))
                seconds.append(time.perf_counter() - began)
        files = open_blobs(place).count()
        kept = clients.uploads + -(-given.others // given.per_blob)
        if files != kept:
            raise RuntimeError(f"{files} files are left, where {kept} should be")
    most = 60 * given.count / 100_000
    report.add(f"{given.count:,} images by `pixferry sweep`, alone", alone, "s", at_most=most)
    report.add(f"{given.count:,} images by a server in use", seconds, "s", at_most=most)
    for name in ("list", "usage", "upload"):
        report.add(f"slowest {name}, no sweep", [max(one[name]) for one in quiet], "ms")
        worst = max(max(one[name]) for one in swept)
        report.add(f"slowest {name} while sweeping, of all rounds", worst, "ms", at_most=250)
        report.add(
            f"median {name}, no sweep", [statistics.median(one[name]) for one in quiet], "ms"
        )
        middle = [statistics.median(one[name]) for one in swept]
        report.add(f"median {name} while sweeping", middle, "ms")
    report.finish()


def _end(number: int) -> datetime:
    """When the images of a round expire, as they are first made."""
    return datetime(2099, 1, 1, tzinfo=UTC) + timedelta(days=number)


def _fill(place: Place, given: argparse.Namespace) -> None:
    new_key(place)
    cli(place, "sweep")  # makes the bucket
    per_blob = given.per_blob
    fill(place, EMAIL, Filling(given.others, per_blob=per_blob, files=True, seed=0))
    for number in range(given.rounds + 1):
        filling = Filling(
            given.count,
            age=timedelta(days=number + 1),
            expires_at=_end(number),
            per_blob=per_blob,
            files=True,
            seed=number + 1,
        )
        fill(place, EMAIL, filling)


def _expire(place: Place, number: int) -> None:
    database = open_database(place)
    database.run("UPDATE media SET expires_at = ? WHERE expires_at = ?", OVER, _end(number))
    database.close()


def _wait(place: Place, failed: threading.Event) -> None:
    """Return once all that is expired has gone, records and bytes, or a client has failed."""
    database = open_database(place)
    while _is_left(database) and not failed.wait(0.2):
        pass
    database.close()


def _is_left(database: Database) -> bool:
    return bool(database.run(LEFT, OVER)[0][0])


class _Clients:
    """Three people, each over a connection of their own: one lists, one asks for the usage, one uploads."""

    def __init__(self, server: Pixferry) -> None:
        self._server = server
        self._variants = Variants(jpeg_of(30_000, 640, 480))
        self.uploads = 0

    def during(self, wait: Callable[[threading.Event], object]) -> dict[str, list[float]]:
        """Milliseconds of every request that was begun while `wait` ran.

        `wait` is given an event that is set once a request has failed.
        """
        done, broken = threading.Event(), threading.Event()
        taken: dict[str, list[float]] = {"list": [], "usage": [], "upload": []}
        failed: list[Exception] = []

        def act(name: str) -> None:
            connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
            try:
                while not done.is_set():
                    began = time.perf_counter()
                    getattr(self, f"_{name}")(connection)
                    taken[name].append((time.perf_counter() - began) * 1000)
                    time.sleep(PAUSE)
            except Exception as err:
                failed.append(err)
                broken.set()
            finally:
                connection.close()

        threads = [threading.Thread(target=act, args=[name]) for name in taken]
        for thread in threads:
            thread.start()
        try:
            wait(broken)
        finally:
            done.set()
            for thread in threads:
                thread.join()
        if failed:
            raise failed[0]
        return taken

    def _list(self, connection: http.client.HTTPConnection) -> None:
        self._fetch(connection, "/v1/media")

    def _usage(self, connection: http.client.HTTPConnection) -> None:
        self._fetch(connection, "/v1/usage")

    def _fetch(self, connection: http.client.HTTPConnection, path: str) -> None:
        connection.request("GET", path, headers=self._server.headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {said!r}")

    def _upload(self, connection: http.client.HTTPConnection) -> None:
        post(connection, "/v1/upload", self._variants.next(), self._server.headers)
        self.uploads += 1


if __name__ == "__main__":
    main()
