"""A bot without a library, that says what no library would."""

from __future__ import annotations

import io
import json
from contextlib import asynccontextmanager

import aiohttp


class BareBot:
    def __init__(self, telegram, http) -> None:
        self.telegram, self.http = telegram, http

    async def ask(self, method, /, *, token=None, files=None, **parameters):
        """Status and body of the answer."""
        url = f"{self.telegram.base_url}{token or self.telegram.token}/{method}"
        if files:
            form = aiohttp.FormData()
            for name, value in parameters.items():
                form.add_field(name, value if isinstance(value, str) else json.dumps(value))
            for name, (file_name, data) in files.items():
                form.add_field(name, io.BytesIO(data), filename=file_name)
            sent = {"data": form}
        else:
            sent = {"json": parameters}
        async with self.http.post(url, **sent) as answer:
            return answer.status, await answer.json()

    async def call(self, method, /, **parameters):
        """The result of what is well."""
        status, body = await self.ask(method, **parameters)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def refused(self, method, /, *, blamed=True, **parameters):
        """The description of a refusal, which is taken from the complaints."""
        status, body = await self.ask(method, **parameters)
        assert not body["ok"], body
        assert body["error_code"] == status
        assert bool(self.telegram.forgive()) == blamed
        return body["description"]

    async def updates(self, **parameters):
        """All that is pending, which is known by then."""
        found = await self.call("getUpdates", **parameters)
        if found:
            offset = found[-1]["update_id"] + 1
            assert await self.call("getUpdates", offset=offset, limit=1) == []
        return found


@asynccontextmanager
async def bare_bot(telegram):
    async with aiohttp.ClientSession() as http:
        yield BareBot(telegram, http)
