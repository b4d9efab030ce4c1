"""What goes wrong on demand: rate limits, errors, stalls, cut connections."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aiohttp import web
from discord_platform.replies import reply
from troubles import Planned, dropped, stalling

if TYPE_CHECKING:
    from troubles import Happens, Trouble

LOST = "answer lost"


def too_many(retry_after: float, *, everywhere: bool) -> web.Response:
    """The answer to a request beyond a limit: of its route, or of all of them."""
    said = {"message": "You are being rate limited.", "retry_after": retry_after}
    headers = {
        "Via": "1.1 google",
        "Retry-After": str(max(1, round(retry_after))),
        "X-RateLimit-Limit": "5",
        "X-RateLimit-Remaining": "0",
        "X-RateLimit-Reset-After": str(retry_after),
        "X-RateLimit-Scope": "global" if everywhere else "user",
    }
    if everywhere:
        headers["X-RateLimit-Global"] = "true"
    return reply(said | {"global": everywhere}, 429, headers)


class Troubles(Planned):
    """`discord.troubles.rate_limit("PATCH", "@original")` and its like."""

    def rate_limit(
        self,
        method: str = "*",
        path: str = "",
        *,
        times: int = 1,
        retry_after: float = 0.1,
        everywhere: bool = False,
        by_cloudflare: bool = False,
    ) -> Trouble:
        """Answer 429. `everywhere`: the global limit; `by_cloudflare`: without a Via header, in HTML."""

        async def limited(_: web.Request) -> web.StreamResponse:
            if by_cloudflare:
                return web.Response(
                    status=429, text="<h1>error 1015</h1>", content_type="text/html"
                )
            return too_many(retry_after, everywhere=everywhere)

        return self._plan(method, path, times, limited)

    def fail(
        self, method: str = "*", path: str = "", *, times: int = 1, status: int = 500
    ) -> Trouble:
        """Answer with an error of the platform's own."""

        async def failed(_: web.Request) -> web.StreamResponse:
            return reply({"message": f"{status}: Error", "code": 0}, status)

        return self._plan(method, path, times, failed)

    def stall(
        self, method: str = "*", path: str = "", *, times: int = 1, seconds: float = 1
    ) -> Trouble:
        """Answer as usual, but so much later."""
        return self._plan(method, path, times, stalling(seconds))

    def drop(self, method: str = "*", path: str = "", *, times: int = 1) -> Trouble:
        """Cut the connection before an answer; nothing is done."""
        return self._plan(method, path, times, dropped)

    def lose_answers(self, method: str = "*", path: str = "", *, times: int = 1) -> Trouble:
        """Do what is asked for, and cut the connection before the answer."""

        async def lost(request: web.Request) -> None:
            request[LOST] = True

        return self._plan(method, path, times, lost)

    def _plan(self, method: str, path: str, times: int, happens: Happens) -> Trouble:
        """It happens to requests of that method whose path has the pattern."""
        pattern = re.compile(path)

        def fits(request: web.Request) -> bool:
            return method in {"*", request.method} and bool(pattern.search(request.path))

        return self.plan(fits, times, happens)
