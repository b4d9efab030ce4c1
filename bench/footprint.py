"""What runs when nothing happens: memory, and the time that starting takes."""

from __future__ import annotations

import argparse
import statistics
import time

from bench.chat import crowd
from bench.harness import MB, cli, folder, pixferry
from bench.pictures import Variants, jpeg_of
from bench.places import Place, add_backing, backing
from bench.posting import post_all
from bench.report import Report

PHOTO = 100_000
SETTLED = 5
"""Seconds after which commands are told and connections stand."""


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
        main_pss, workers = with_bots(behind.place(work / "bots"))
    report.add("pixferry --help", helped, "s", at_most=0.5)
    report.add("first start to listening, migration included", first, "s", at_most=3)
    report.add("later start to listening", again, "s", at_most=3)
    report.add("main process, idle: PSS", fresh_pss, "MB", at_most=120)
    report.add("main process, idle: RSS", fresh_rss, "MB")
    report.add("main process after 16 uploads: PSS", used_main, "MB", at_most=120)
    report.add("each worker after them: PSS", used_workers, "MB")
    report.add("main process with both bots, idle: PSS", main_pss / MB, "MB", at_most=120)
    report.add(
        "all processes with both bots, idle: PSS", (main_pss + workers) / MB, "MB", at_most=200
    )
    report.finish()


def with_bots(place: Place) -> tuple[float, float]:
    """Bytes of the main process and of all its workers, with nothing to do on either platform."""
    with (
        crowd(PHOTO) as discord,
        crowd(PHOTO, "bench.telegram_crowd") as telegram,
        pixferry(
            place,
            DISCORD_TOKEN=discord.at["token"],
            DISCORD_API_URL=discord.at["api_url"],
            TELEGRAM_TOKEN=telegram.at["token"],
            TELEGRAM_API_URL=telegram.at["api_url"],
        ) as server,
    ):
        time.sleep(SETTLED)
        main_pss, workers = server.pss()
        return main_pss, sum(workers)


if __name__ == "__main__":
    main()
