from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import backings
import pytest
import shares
from servers import running
from services.postgres import running_postgres
from services.redis import running_redis
from services.s3 import running_s3

from core.bootstrap import open_core
from core.settings import Settings


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


class Local:
    """A server within the test's own process, whose ports a test may replace."""

    def __init__(self, core, url, http) -> None:
        self.core, self.url, self.http = core, url, http

    async def call(self, method, path, **options):
        """Status, headers, and the body as JSON if it is that, else as bytes."""
        async with self.http.request(method, f"{self.url}{path}", **options) as answer:
            body = await answer.read()
            if answer.content_type == "application/json":
                return answer.status, answer.headers, await answer.json()
            return answer.status, answer.headers, body

    async def upload(self, data, name="photo.jpg", headers=None, **fields):
        form = aiohttp.FormData()
        for field, value in fields.items():
            form.add_field(field, value)
        form.add_field("file", data, filename=name)
        return await self.call("POST", "/v1/upload", data=form, headers=headers)

    async def key(self, email="somebody@example.org", plan=None, abilities=("*",)):
        """Headers with a new key."""
        new = await self.core.accounts.issue_key(email, plan, abilities, "")
        return {"Authorization": f"Bearer {new.token}"}


@pytest.fixture
def local(backing, tmp_path):
    """Opens servers in this process: `async with local(clock=…, port=…) as server`."""
    from pixferry.server import serving

    @asynccontextmanager
    async def open_local(overrides=None, **settings):
        where = backings.addresses(tmp_path / "data")
        told = {name.lower(): value for name, value in where.items()} | settings
        given = Settings(
            _env_file=None,
            data_dir=tmp_path / "data",
            port=0,
            **{"anonymous_rate": "100000/hour"} | told,
        )
        async with (
            open_core(given, **(overrides or {})) as core,
            serving(core) as port,
            aiohttp.ClientSession() as http,
        ):
            yield Local(core.listening_on(port), f"http://127.0.0.1:{port}", http)

    return open_local
