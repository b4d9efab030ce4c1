"""Which process runs which tests, where several share the suite (`pytest -n 4`).

A file's tests stay together, for what they share is made once a process. First comes what the
embedded default backs, then what services back, so that no process changes over more than once;
among these what takes longest, so that all end at about the same time.
"""

from __future__ import annotations

import re
from collections import Counter

from xdist.scheduler.loadscope import LoadScopeScheduling

LONG = {"faults": 10.0, "pixferry": 3.0, "deploy": 3.0, "bot": 0.3, "api": 0.2}
"""About the seconds that a test in that folder takes, where it is more than `USUAL`."""

USUAL = 0.05
SERVICES = " on services"

_ON_SERVICES = re.compile(r"\[(.*-)?services(-.*)?\]$")


class Shares(LoadScopeScheduling):
    """Hands out a file at a time, in the order that `sort` made."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid)


def share_of(nodeid: str) -> str:
    """What runs in one process: the tests of a file on one backing."""
    file = nodeid.partition("::")[0]
    return f"{file}{SERVICES}" if _ON_SERVICES.search(nodeid) else file


def sort(items: list) -> None:
    """Put collected tests in the order in which processes are to take them."""
    counts = Counter(share_of(item.nodeid) for item in items)

    def place(item) -> tuple[bool, float]:
        share = share_of(item.nodeid)
        return share.endswith(SERVICES), -counts[share] * LONG.get(share.split("/")[1], USUAL)

    items.sort(key=place)
