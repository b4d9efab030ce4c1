"""Who uses the processor while something runs."""

from __future__ import annotations

import contextlib
import os
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Self

import psutil

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CLIENT = "client"


class Meter:
    """Seconds of processor time that groups of processes, with all their children, spend.

    `groups` are process ids by name; a process may be named with its children as another group
    (`("API", "workers")`). What is left of this process and of what it has run is the client.
    `spent`, `seconds` and `idle` (of all cores) add up over all blocks that the meter is used for.
    """

    def __init__(self, groups: Mapping[str | tuple[str, str], Sequence[int]]) -> None:
        self._groups = groups
        self.spent: dict[str, float] = defaultdict(float)
        self.seconds = self.idle = 0.0

    def __enter__(self) -> Self:
        self._before = self._now()
        self._idle = _idle()
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds += time.perf_counter() - self._began
        self.idle += _idle() - self._idle
        for name, seconds in self._now().items():
            self.spent[name] += seconds - self._before[name]

    @property
    def cores(self) -> float:
        """How many cores were busy with all of them."""
        return sum(self.spent.values()) / self.seconds

    @property
    def idle_cores(self) -> float:
        """How many cores had nothing to do; what is neither busy nor idle, others used."""
        return self.idle / self.seconds

    def _now(self) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        mine = os.times()
        found[CLIENT] = sum(mine[:4])
        for names, pids in self._groups.items():
            main, children = (names, names) if isinstance(names, str) else names
            for pid in pids:
                process = psutil.Process(pid)
                found[main] += _seconds(process)
                found[children] += sum(map(_seconds, process.children(recursive=True)))
        return found


def _idle() -> float:
    times = psutil.cpu_times()
    return float(times.idle + times.iowait)


def _seconds(process: psutil.Process) -> float:
    """With those of its children that have ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        return float(times.user + times.system + times.children_user + times.children_system)
    return 0.0
