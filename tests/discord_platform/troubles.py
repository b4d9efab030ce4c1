"""What goes wrong on demand: rate limits, errors, stalls, cut connections."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web
from discord_platform.replies import reply

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Happens = Callable[[web.Request], Awaitable[web.StreamResponse | None]]


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


@dataclass
class Trouble:
    """It happens to the next `times` requests of that method whose path has the pattern."""

    method: str
    pattern: re.Pattern
    times: int
    happens: Happens
    happened: int = 0


@dataclass
class Troubles:
    """`discord.troubles.rate_limit("PATCH", "@original")` and its like."""

    planned: list[Trouble] = field(default_factory=list)

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

        async def stalled(_: web.Request) -> None:
            await asyncio.sleep(seconds)

        return self._plan(method, path, times, stalled)

    def drop(self, method: str = "*", path: str = "", *, times: int = 1) -> Trouble:
        """Cut the connection before an answer; nothing is done."""

        async def dropped(request: web.Request) -> web.StreamResponse:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()

        return self._plan(method, path, times, dropped)

    async def meet(self, request: web.Request) -> web.StreamResponse | None:
        """The answer in place of the true one, if something goes wrong."""
        for trouble in self.planned:
            fits = trouble.method in {"*", request.method}
            if trouble.times > 0 and fits and trouble.pattern.search(request.path):
                trouble.times -= 1
                trouble.happened += 1
                answer = await trouble.happens(request)
                if answer is not None:
                    return answer
        return None

    def _plan(self, method: str, path: str, times: int, happens: Happens) -> Trouble:
        trouble = Trouble(method, re.compile(path), times, happens)
        self.planned = [one for one in self.planned if one.times > 0] + [trouble]
        return trouble
