"""JSON reads: requests a second of single-row answers, beside the same server's /healthz."""

from __future__ import annotations

import argparse
from functools import partial

from bench.harness import folder, interleaved, pixferry, ratio, wrk
from bench.pictures import jpeg_of
from bench.places import add_backing, backing
from bench.posting import post_one
from bench.report import Report


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=5, help="of each round of each address")
    options.add_argument("--at-once", type=int, default=8)
    options.add_argument("--rounds", type=int, default=3)
    add_backing(options)
    given = options.parse_args()
    report = Report("reads", vars(given))
    with (
        backing(given.backing) as behind,
        folder() as work,
        pixferry(behind.place(work / "data")) as server,
    ):
        picture = jpeg_of(15_000, 320, 240)
        media = post_one(server, "/v1/upload", [picture], server.headers)
        address = f"{server.url}/v1/media/{media['id']}"
        load = partial(wrk, seconds=given.seconds, at_once=given.at_once)
        cases = {
            "/healthz": partial(load, f"{server.url}/healthz"),
            "/v1/media/{id}": partial(load, address),
            "/v1/media/{id} with a key": partial(load, address, headers=server.headers),
            "/v1/usage": partial(load, f"{server.url}/v1/usage", headers=server.headers),
        }
        rates = interleaved(cases, given.rounds)
        for name, values in rates.items():
            report.add(name, values, "/s")
        for name in list(cases)[1:]:
            report.add(f"{name}, ratio to /healthz", ratio(rates[name], rates["/healthz"]), "x")
    report.finish()


if __name__ == "__main__":
    main()
