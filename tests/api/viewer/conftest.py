"""What the pages' tests add to servers within the test's own process."""

from __future__ import annotations

from contextlib import asynccontextmanager

import aiohttp
import pytest

from core.urls import Urls

ACCEPT = {"Accept": "text/html"}


class Visitor:
    """A local server, and what a browser does with it."""

    def __init__(self, server) -> None:
        self._server = server

    def __getattr__(self, name):
        return getattr(self._server, name)

    async def visit(self, path, **headers):
        """Status, headers and HTML of a page."""
        status, found, body = await self.call("GET", path, headers=ACCEPT | headers)
        return status, found, body.decode()

    async def team(self, email="somebody@example.org", plan=None):
        """Headers of a new team's key, and the path of its upgrade link."""
        new = await self.core.accounts.issue_key(email, plan, ["*"], "")
        urls = Urls.build(self.url, self.url, self.url, self.core.secrets)
        path = urls.upgrade(new.key.team_id).removeprefix(self.url)
        return {"Authorization": f"Bearer {new.token}"}, path

    async def upload_to_page(self, data, name="photo.jpg", **fields):
        """Send the start page's form."""
        form = aiohttp.FormData()
        form.add_field("file", data, filename=name)
        for field, value in fields.items():
            form.add_field(field, value)
        return await self.call("POST", "/", data=form, headers=ACCEPT)


@pytest.fixture
def local(local):
    @asynccontextmanager
    async def open_local(overrides=None, **settings):
        async with local(overrides, **settings) as server:
            yield Visitor(server)

    return open_local
