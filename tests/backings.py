"""What servers under test keep their data in: a folder of their own, or PostgreSQL, S3 and Redis.

A test names a data folder and no more; whoever uses that folder again finds the same data.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from apart import run_apart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from services.postgres import PostgresServer
    from services.redis import RedisServer
    from services.s3 import S3Server

NAMES = ("DATABASE_URL", "STORAGE_URL", "REDIS_URL")
KINDS = ("embedded", "services")
TRIES = 5


class Embedded:
    """What the program does by itself: all is in the data folder."""

    kind = "embedded"

    def new(self) -> dict[str, str]:
        return {}


@dataclass
class Services:
    """Each data folder stands for a database, a bucket and a number in Redis of its own."""

    postgres: PostgresServer
    s3: S3Server
    redis: RedisServer
    kind: ClassVar[str] = "services"

    def new(self) -> dict[str, str]:
        return {
            "DATABASE_URL": new_database(self.postgres),
            "STORAGE_URL": self.s3.new_url(),
            "REDIS_URL": self.redis.new_url(),
        }


_to_copy: dict[str, str] = {}  # a database with its tables by its server


def new_database(postgres: PostgresServer) -> str:
    """The address of a new database with its tables; to copy it is quicker than to make them."""
    if postgres.url not in _to_copy:
        made = postgres.new_database()
        run_apart(bring_up_to_date(made))
        _to_copy[postgres.url] = made
    return postgres.new_database(_to_copy[postgres.url])


async def bring_up_to_date(database_url: str) -> None:
    """Make the tables, so that a copy of this database need not."""
    from core.adapters.db.engine import open_database
    from core.adapters.db.migrate import migrate
    from core.errors import Unavailable

    database = open_database(database_url, 2)
    try:
        for _ in range(TRIES):
            with suppress(Unavailable):  # it took too long for a server: the machine is busy
                return await migrate(database)
        return await migrate(database)
    finally:
        await database.close()


_chosen: list[Embedded | Services] = [Embedded()]
_known: dict[Path, dict[str, str]] = {}


@contextmanager
def chosen(backing: Embedded | Services) -> Iterator[None]:
    """For the length of a block, data folders that are new are backed by this."""
    _chosen.append(backing)
    try:
        yield
    finally:
        _chosen.remove(backing)


def addresses(data_dir: Path, given: Mapping[str, object] | None = None) -> dict[str, str]:
    """The settings that say where the data of this folder is; none: in the folder.

    What a test gave a server of its own accord holds before what the backing has.
    """
    if data_dir not in _known:
        _known[data_dir] = _chosen[-1].new()
    _known[data_dir] |= {name: str(given[name]) for name in NAMES if given and name in given}
    return dict(_known[data_dir])


def kind_of(data_dir: Path) -> str:
    """What backs the data of this folder."""
    return "services" if _known.get(data_dir) else "embedded"
