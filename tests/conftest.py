from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from servers import running

from core.bootstrap import open_core
from core.settings import Settings


@pytest.fixture(scope="session")
def server(tmp_path_factory):
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
def local(tmp_path):
    """Opens servers in this process: `async with local(clock=…, port=…) as server`."""
    from pixferry.server import serving

    @asynccontextmanager
    async def open_local(overrides=None, **settings):
        given = Settings(
            _env_file=None,
            data_dir=tmp_path / "data",
            port=0,
            **{"anonymous_rate": "100000/hour"} | settings,
        )
        async with (
            open_core(given, **(overrides or {})) as core,
            serving(core) as port,
            aiohttp.ClientSession() as http,
        ):
            yield Local(core, f"http://127.0.0.1:{port}", http)

    return open_local
