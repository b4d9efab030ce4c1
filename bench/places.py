"""Where a measured server keeps what it is given: in a folder, or in PostgreSQL, S3 and Redis."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.services import Services, running_services

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True)
class Place:
    """The data folder of a server, or of several, and the settings that lead out of it."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Backing:
    """Gives places: each is empty, and shares nothing with the others but the services' time."""

    services: Services | None = None

    def place(self, folder: Path) -> Place:
        return Place(folder, self.services.settings() if self.services else {})

    def pids(self) -> dict[str, int]:
        """The services' first processes, by name."""
        return self.services.pids() if self.services else {}


KINDS = {
    "embedded": "SQLite and a folder",
    "database": "PostgreSQL, Redis and a folder",
    "services": "PostgreSQL, Redis and S3",
}
"""What may be measured; the services are started for it."""


def add_backing(options: ArgumentParser, default: str = "embedded") -> None:
    """The option that `backing` is given."""
    told = "; ".join(f"{name}: {what}" for name, what in KINDS.items())
    options.add_argument("--backing", choices=KINDS, default=default, help=told)


@contextmanager
def backing(kind: str) -> Iterator[Backing]:
    """What `--backing` names, for the length of a block."""
    if kind == "embedded":
        yield Backing()
        return
    with running_services(s3=kind == "services") as services:
        yield Backing(services)
