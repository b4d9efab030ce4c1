"""A crowd on Telegram: how soon pictures are answered, whether Telegram's limits are kept."""

from __future__ import annotations

import argparse
import statistics

from bench.chat import PUBLIC, crowd, followed
from bench.harness import MB, MemoryWatch, folder, pixferry
from bench.places import add_backing, backing
from bench.report import Report


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, default=1_000, help="pictures of the flood")
    options.add_argument("--seconds", type=float, default=10, help="in which they come")
    options.add_argument("--kilobytes", type=int, default=100, help="of each picture")
    add_backing(options)
    given = options.parse_args()
    report = Report("telegram", vars(given))
    with (
        backing(given.backing) as behind,
        folder() as work,
        crowd(given.kilobytes * 1_000, "bench.telegram_crowd") as they,
    ):
        told = {"TELEGRAM_TOKEN": they.at["token"], "TELEGRAM_API_URL": they.at["api_url"]}
        with pixferry(behind.place(work / "data"), PUBLIC_URL=PUBLIC, **told) as server:
            they.ask(do="flood", count=4, seconds=1)  # workers and connections are there then
            used = server.cpu_seconds()
            with MemoryWatch(server) as memory:
                done = they.ask(do="flood", count=given.count, seconds=given.seconds)
            used = server.cpu_seconds() - used
            what = f"{given.count} pictures in {done['sent']:.0f} s"
            cuts = statistics.quantiles(
                [one["answered"] for one in done["answers"]], n=100, method="inclusive"
            )
            report.add(f"{what}: answered, p50", cuts[49], "s")
            report.add(f"{what}: answered, p99", cuts[98], "s")
            lost = given.count - followed(server, done)
            report.add(f"{what}: lost", lost, at_most=0)
            report.add(f"{what}: refused by Telegram as too fast", done["refused"], at_most=0)
            report.add(f"{what}: last answer after", done["took"], "s")
            report.add(f"{what}: answers a second", given.count / done["took"])
            report.add(
                f"{what}: processor time of one, workers too", used / given.count * 1e3, "ms"
            )
            report.add(f"{what}: main process grows by", memory.growth / MB, "MB")
    report.finish()


if __name__ == "__main__":
    main()
