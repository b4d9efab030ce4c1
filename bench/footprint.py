"""What runs when nothing happens: memory, and the time that starting takes."""

from __future__ import annotations

import argparse
import statistics
import time

from bench.harness import MB, cli, folder, pixferry
from bench.pictures import Variants, jpeg_of
from bench.places import Place, add_backing, backing
from bench.posting import post_all
from bench.report import Report


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    add_backing(options)
    given = options.parse_args()
    report = Report("footprint", vars(given))
    variants = Variants(jpeg_of(250_000, 1280, 960))
    first, again, fresh_rss, fresh_pss, used_main, used_workers = ([] for _ in range(6))
    helped = []
    with backing(given.backing) as behind, folder() as work:
        for number in range(given.rounds):
            began = time.perf_counter()
            cli(Place(work / "help"), "--help")
            helped.append(time.perf_counter() - began)
            place = behind.place(work / f"data{number}")
            with pixferry(place) as server:
                first.append(server.seconds)
            with pixferry(place) as server:
                again.append(server.seconds)
                fresh_rss.append(server.rss() / MB)
                fresh_pss.append(server.pss()[0] / MB)
                pictures = [variants.next() for _ in range(16)]
                post_all(server, "/v1/upload", pictures, 4, server.headers)
                main_pss, workers = server.pss()
                used_main.append(main_pss / MB)
                used_workers.append(statistics.mean(workers) / MB)
    report.add("pixferry --help", helped, "s", at_most=0.5)
    report.add("first start to listening, migration included", first, "s", at_most=3)
    report.add("later start to listening", again, "s", at_most=3)
    report.add("main process, idle: PSS", fresh_pss, "MB", at_most=120)
    report.add("main process, idle: RSS", fresh_rss, "MB")
    report.add("main process after 16 uploads: PSS", used_main, "MB", at_most=120)
    report.add("each worker after them: PSS", used_workers, "MB")
    report.finish()


if __name__ == "__main__":
    main()
