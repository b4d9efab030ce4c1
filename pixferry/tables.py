"""Tables on a terminal, and for programs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable


def print_table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    """Print rows under a head: drawn on a terminal, else a line each, by tabs."""
    if not sys.stdout.isatty():
        for row in (head, *rows):
            click.echo("\t".join(map(str, row)))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*head)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))  # as text: a name may look like markup
    Console().print(table)
