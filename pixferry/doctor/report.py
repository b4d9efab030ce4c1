"""How the findings are shown."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pixferry.doctor.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Sequence

_STYLES = {Level.OK: "green", Level.WARNING: "yellow", Level.WRONG: "bold red"}


def show(findings: Sequence[Finding]) -> None:
    """A table on a terminal, else a line each."""
    if not sys.stdout.isatty():
        for one in findings:
            click.echo("  ".join(filter(None, (f"{one.level:7}", f"{one.subject}:", _said(one)))))
    else:
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for one in findings:
            level = Text(one.level, _STYLES[one.level])
            table.add_row(level, Text(one.subject), Text(_said(one)))
        Console().print(table)
    click.echo(f"\n{verdict(findings)}")


def show_json(findings: Sequence[Finding]) -> None:
    """For machines: the worst level, and each finding."""
    told = {"status": worst(findings), "findings": [asdict(one) for one in findings]}
    click.echo(json.dumps(told, indent=2, ensure_ascii=False))


def worst(findings: Sequence[Finding]) -> Level:
    """The level of the whole."""
    return max((one.level for one in findings), key=list(Level).index, default=Level.OK)


def verdict(findings: Sequence[Finding]) -> str:
    """One sentence on the whole."""
    counts = Counter(one.level for one in findings)
    warnings = _count(counts[Level.WARNING], "warning")
    if counts[Level.WRONG]:
        return f"{_count(counts[Level.WRONG], 'thing')} wrong, {warnings}."
    return f"Nothing is wrong; {warnings}." if counts[Level.WARNING] else "All is well."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _said(one: Finding) -> str:
    return f"{one.text} {one.advice}".strip()
