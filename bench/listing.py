"""List pages of a small and of a huge library, by turns."""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import time
import urllib.parse
from contextlib import ExitStack
from typing import Any

from bench.fill import Filling, fill
from bench.harness import EMAIL, Pixferry, folder, interleaved, new_key, pixferry, ratio
from bench.places import Place, add_backing, backing
from bench.report import Report


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--small", type=int, default=1_000, help="images of the small library")
    options.add_argument("--large", type=int, default=1_000_000, help="images of the large one")
    options.add_argument("--requests", type=int, default=100, help="of each page a round")
    options.add_argument("--rounds", type=int, default=5)
    add_backing(options)
    given = options.parse_args()
    report = Report("listing", vars(given))
    with backing(given.backing) as behind, folder() as work, ExitStack() as stack:
        counts = {"small": given.small, "large": given.large}
        places = {name: behind.place(work / name) for name in counts}
        ids = {name: _filled(places[name], count) for name, count in counts.items()}
        servers = {name: stack.enter_context(pixferry(places[name])) for name in counts}
        libraries = {name: _Library(servers[name], ids[name]) for name in counts}
        for page in libraries["small"].pages:
            values = interleaved(
                {
                    f"{page}, {name}": lambda one=one, page=page: one.time(page, given.requests)  # type: ignore[misc]  # mypy knows no defaults of lambdas
                    for name, one in libraries.items()
                },
                given.rounds,
            )
            small, large = values[f"{page}, small"], values[f"{page}, large"]
            report.add(f"{page}: {given.small:,} images", small, "ms")
            report.add(f"{page}: {given.large:,} images", large, "ms")
            most = None if page.startswith("q=") else 1.5
            report.add(f"{page}: ratio", ratio(large, small), "x", at_most=most)
    report.finish()


def _filled(place: Place, count: int) -> list[str]:
    new_key(place)
    return fill(place, EMAIL, Filling(count))


class _Library:
    """A team's library, asked over one connection."""

    def __init__(self, server: Pixferry, ids: list[str]) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
        self._headers = server.headers
        # A place far down, without the way there: of two neighbours a page of one shows the
        # first, and its cursor leads past it, whichever ids the next request asks for.
        deep = len(ids) * 9 // 10
        neighbours = ",".join(ids[deep : deep + 2])
        cursor = self._get(f"limit=1&ids={neighbours}")["next_cursor"]
        last = f"cursor={urllib.parse.quote(cursor)}"
        self.pages = {
            "first page": "",
            "first page of 100": "limit=100",
            "deep page": last,
            "deep page of 100": f"{last}&limit=100",
            "by ids": f"ids={','.join(ids[:: max(1, len(ids) // 20)])}",
            "q= that matches all": "q=photo",
            "q= that matches nothing": "q=nowhere",
        }
        deep_page = self._get(self.pages["deep page of 100"])["data"]
        assert [one["id"] for one in deep_page] == ids[deep + 1 : deep + 101]

    def time(self, page: str, requests: int) -> float:
        """The median milliseconds of a page, one request after the other."""
        taken = []
        for _ in range(1 if page.startswith("q=") else requests):
            began = time.perf_counter()
            self._get(self.pages[page])
            taken.append((time.perf_counter() - began) * 1000)
        return statistics.median(taken)

    def _get(self, query: str) -> dict[str, Any]:
        self._connection.request("GET", f"/v1/media?{query}", headers=self._headers)
        answer = self._connection.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status} {said!r}")
        found: dict[str, Any] = json.loads(said)
        return found


if __name__ == "__main__":
    main()
