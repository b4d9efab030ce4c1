"""Results as a table on the screen and as JSON in `bench/results`."""

from __future__ import annotations

import json
import os
import platform
import statistics
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = Path(__file__).parent / "results"


@dataclass
class Line:
    """One number. `spread` is (largest - smallest) / median of its rounds."""

    what: str
    value: float
    unit: str
    target: str
    met: bool | None
    spread: float | None
    rounds: list[float]


@dataclass
class Report:
    """All numbers of one measurement, and the settings that they were taken with."""

    name: str
    settings: dict[str, object]
    lines: list[Line] = field(default_factory=list)

    def add(
        self,
        what: str,
        value: float | Sequence[float],
        unit: str = "",
        *,
        at_least: float | None = None,
        at_most: float | None = None,
    ) -> None:
        """Note a value, or the median of several rounds, and the target that it has."""
        rounds = [value] if isinstance(value, int | float) else list(value)
        middle = statistics.median(rounds)
        spread = (max(rounds) - min(rounds)) / middle if len(rounds) > 1 and middle else None
        target, met = "", None
        if at_least is not None:
            target, met = f"≥ {at_least:g}", middle >= at_least
        if at_most is not None:
            target, met = f"≤ {at_most:g}", middle <= at_most
        self.lines.append(Line(what, middle, unit, target, met, spread, rounds))

    def finish(self) -> None:
        """Print the table and write the file."""
        rows = [("", "value", "spread", "target", "")]
        rows += [
            (
                line.what,
                f"{_shown(line.value)} {line.unit}".strip(),
                "" if line.spread is None else f"{line.spread:.0%}",
                line.target,
                "" if line.met is None else ("met" if line.met else "MISSED"),
            )
            for line in self.lines
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        told = ", ".join(f"{name}={value}" for name, value in self.settings.items())
        print(f"\n{self.name} ({told}; {os.cpu_count()} cores)")
        for row in rows:
            first, *others = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            print("  ".join([first, *others]).rstrip())
        RESULTS.mkdir(exist_ok=True)
        found = {
            "name": self.name,
            "settings": {name: str(value) for name, value in self.settings.items()},
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "lines": [asdict(line) for line in self.lines],
        }
        backing = self.settings.get("backing", "embedded")
        suffix = "" if backing == "embedded" else f"-{backing}"
        path = RESULTS / f"{self.name}{suffix}.json"
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")


def _shown(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
