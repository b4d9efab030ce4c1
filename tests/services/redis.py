"""A real Redis (or Valkey) for tests."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from needs import need_program
from servers import free_port
from services.daemon import Daemon, running

PASSWORD = "test"
DATABASES = 10_000


@dataclass
class RedisServer(Daemon):
    """Each test has a database of its own by its number. Nothing is kept over a restart."""

    name: ClassVar[str] = "Redis"
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))

    @property
    def url(self) -> str:
        return self.url_of(0)

    def url_of(self, number: int) -> str:
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/{number}"

    def new_url(self) -> str:
        """The address of an empty database."""
        return self.url_of(next(self.numbers))

    def command(self) -> list[str]:
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "databases": str(DATABASES),
            "requirepass": PASSWORD,
            "dir": str(self.folder),
            "save": "",
            "appendonly": "no",
        }
        return [
            program(),
            *(part for name, value in options.items() for part in (f"--{name}", value)),
        ]


def program() -> str:
    return shutil.which("valkey-server") or need_program("redis-server")


@contextlib.contextmanager
def running_redis():
    """A Redis of one's own, for the length of a block."""
    program()
    with (
        tempfile.TemporaryDirectory(prefix="pixferry-redis-") as folder,
        running(RedisServer(Path(folder), free_port())) as server,
    ):
        yield server
