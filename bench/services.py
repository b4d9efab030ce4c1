"""PostgreSQL, S3 and Redis for measurements: the servers that the tests start, on free ports.

`python -m bench.services` starts all three, and says what is missing if they do not.
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parents[1] / "tests"

DURABLE = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "256MB"}
"""What is measured survives a power cut, as with PostgreSQL's defaults; tests do without."""


OWN_STORAGE = "BENCH_STORAGE_URL"
"""The variable that names an S3 storage of one's own; `{}` in its bucket's name becomes a number."""


@dataclass(frozen=True)
class Services:
    """Running servers; without `s3` pictures lie in the data folder."""

    postgres: Any
    redis: Any
    s3: Any = None

    def settings(self) -> dict[str, str]:
        """A new database, a new number in Redis, a new bucket."""
        found = {"DATABASE_URL": self.postgres.new_database(), "REDIS_URL": self.redis.new_url()}
        if self.s3:
            found["STORAGE_URL"] = self.s3.new_url()
        return found

    def pids(self) -> dict[str, int]:
        """The first process of each that runs here, by its name."""
        started = (self.postgres, self.redis, self.s3)
        return {one.name: one.pid for one in started if hasattr(one, "pid")}


@dataclass(frozen=True)
class OwnStorage:
    """Buckets of a storage that runs anyway; they are left there."""

    url: str

    def new_url(self) -> str:
        return self.url.format(secrets.token_hex(4))


@contextmanager
def running_services(*, s3: bool) -> Iterator[Services]:
    """What is asked for, for the length of a block, with their data under TMPDIR."""
    add_tests_to_path()
    from services import postgres
    from services.redis import running_redis
    from services.s3 import running_s3

    postgres.SETTINGS.update(DURABLE)
    with ExitStack() as stack:
        try:
            yield Services(
                stack.enter_context(postgres.running_postgres()),
                stack.enter_context(running_redis()),
                _own_storage() or stack.enter_context(running_s3()) if s3 else None,
            )
        except pytest.skip.Exception as err:
            raise SystemExit(
                f"This measurement needs PostgreSQL, Redis and Swift: {err}. "
                "apt-get install postgresql redis-server; make setup-test"
            ) from err


def _own_storage() -> OwnStorage | None:
    url = os.environ.get(OWN_STORAGE)
    return OwnStorage(url) if url else None


def add_tests_to_path() -> None:
    """Make importable what the tests share with measurements."""
    if str(TESTS) not in sys.path:
        sys.path.append(str(TESTS))


if __name__ == "__main__":
    with running_services(s3=True):
        pass
