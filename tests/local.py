"""Servers in the test's own process, whose ports a test may replace."""

from __future__ import annotations

from contextlib import asynccontextmanager

import aiohttp
import backings

from core.bootstrap import open_core
from core.settings import Settings


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


@asynccontextmanager
async def serving_locally(folder, overrides=None, **settings):
    """A server whose data is in that folder; `overrides` are ports by `open_core`'s names."""
    from pixferry.server import serving

    where = backings.addresses(folder / "data")
    told = {name.lower(): value for name, value in where.items()} | settings
    given = Settings(
        _env_file=None,
        data_dir=folder / "data",
        port=0,
        **{"anonymous_rate": "100000/hour"} | told,
    )
    async with (
        open_core(given, **(overrides or {})) as core,
        serving(core) as port,
        aiohttp.ClientSession() as http,
    ):
        yield Local(core.listening_on(port), f"http://127.0.0.1:{port}", http)
