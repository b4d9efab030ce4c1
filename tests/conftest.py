from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import backings
import pytest
import shares
from local import serving_locally
from servers import running
from services.postgres import running_postgres
from services.redis import running_redis
from services.s3 import running_s3


def pytest_configure(config):
    config.addinivalue_line("markers", "any_backing: the same whatever servers keep data in")


def pytest_collection_modifyitems(config, items):
    if hasattr(config, "workerinput"):
        shares.sort(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False  # they are in order already
    return shares.Shares(config, log)


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL for all tests that harm nothing but a database of their own."""
    with running_postgres() as found:
        yield found


@pytest.fixture(scope="session")
def redis_server():
    """A Redis for all tests that harm nothing but a number of their own."""
    with running_redis() as found:
        yield found


@pytest.fixture(scope="session")
def s3_server():
    """An S3 server for all tests that harm nothing but a bucket of their own."""
    with running_s3() as found:
        yield found


@pytest.fixture
def own_postgres():
    """A PostgreSQL that the test may freeze, stop and kill."""
    with running_postgres() as found:
        yield found


@pytest.fixture
def own_redis():
    """A Redis that the test may freeze, stop and kill."""
    with running_redis() as found:
        yield found


@pytest.fixture
def own_s3():
    """An S3 server that the test may freeze, stop and kill."""
    with running_s3() as found:
        yield found


@pytest.fixture(scope="session", autouse=True)
def backing(request):
    """What servers keep their data in: `embedded`, unless a test is run for `services` too.

    `pytest.mark.parametrize("backing", backings.KINDS, indirect=True, scope="session")` does that.
    """
    if getattr(request, "param", "embedded") == "embedded":
        found = backings.Embedded()
    else:
        names = ("postgres", "s3_server", "redis_server")
        found = backings.Services(*map(request.getfixturevalue, names))
    with backings.chosen(found):
        yield found


@pytest.fixture(scope="session")
def server(backing, tmp_path_factory):
    """One server for all tests that leave it as they found it."""
    with running(tmp_path_factory.mktemp("shared") / "data") as found:
        yield found


class FakeClock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.time = datetime(2026, 5, 17, 12, 30, 15, 250_000, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def step(self, **span) -> None:
        self.time += timedelta(**span)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def local(backing, tmp_path):
    """Opens servers in this process: `async with local(clock=…, port=…) as server`."""

    @asynccontextmanager
    async def open_local(overrides=None, **settings):
        async with serving_locally(tmp_path, overrides, **settings) as server:
            yield server

    return open_local
