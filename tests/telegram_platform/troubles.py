"""What goes wrong on demand: rate limits, errors, stalls, cut connections."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from aiohttp import web
from telegram_platform.refusals import too_many
from troubles import Planned, dropped, stalling

if TYPE_CHECKING:
    from troubles import Happens, Trouble

CUT = web.RequestKey("CUT", bool)
FILES = "file"  # in place of a method: downloads
PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center></body></html>"


class Troubles(Planned):
    """`telegram.troubles.rate_limit("sendMessage")` and its like; `*` is any method."""

    def rate_limit(self, method: str = "*", *, times: int = 1, retry_after: int = 1) -> Trouble:
        async def limited(_: web.Request) -> web.StreamResponse:
            return reply(too_many(retry_after).body(), 429)

        return self._plan(method, times, limited)

    def fail(self, method: str = "*", *, times: int = 1, status: int = 502) -> Trouble:
        """Answer with the page of a server before the API; 500 is the API's own."""

        async def failed(_: web.Request) -> web.StreamResponse:
            if status == 500:
                said = {"ok": False, "error_code": 500, "description": "Internal Server Error"}
                return reply(said, 500)
            page = PAGE.format(f"{status} Bad Gateway")
            return web.Response(status=status, text=page, content_type="text/html")

        return self._plan(method, times, failed)

    def stall(self, method: str = "*", *, times: int = 1, seconds: float = 1) -> Trouble:
        """Answer as usual, but so much later."""
        return self._plan(method, times, stalling(seconds))

    def drop(self, method: str = "*", *, times: int = 1) -> Trouble:
        """Cut the connection before an answer; nothing is done."""
        return self._plan(method, times, dropped)

    def drop_after(self, method: str = "*", *, times: int = 1) -> Trouble:
        """Do what is asked, and cut the connection before the bot hears of it."""

        async def marked(request: web.Request) -> None:
            request[CUT] = True

        return self._plan(method, times, marked)

    def _plan(self, method: str, times: int, happens: Happens) -> Trouble:
        wanted = method.lower()

        def fits(request: web.Request) -> bool:
            asked = request.match_info.get("method", FILES).lower()
            return asked == wanted or (wanted == "*" and asked != FILES)

        return self.plan(fits, times, happens)


def reply(body: dict, status: int = 200) -> web.Response:
    headers = {"Content-Type": "application/json"}
    if status == 429:
        headers["Retry-After"] = str(body["parameters"]["retry_after"])
    return web.Response(status=status, body=json.dumps(body).encode(), headers=headers)
