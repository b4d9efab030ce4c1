"""What goes wrong on demand at the platforms that tests stand in for."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Happens = Callable[[web.Request], Awaitable[web.StreamResponse | None]]


@dataclass
class Trouble:
    """It happens to the next `times` requests that it fits; `happened` counts them."""

    fits: Callable[[web.Request], bool]
    times: int
    happens: Happens
    happened: int = 0


@dataclass
class Planned:
    """Troubles to come."""

    planned: list[Trouble] = field(default_factory=list)

    async def meet(self, request: web.Request) -> web.StreamResponse | None:
        """The answer in place of the true one, if something goes wrong."""
        for trouble in self.planned:
            if trouble.times > 0 and trouble.fits(request):
                trouble.times -= 1
                trouble.happened += 1
                answer = await trouble.happens(request)
                if answer is not None:
                    return answer
        return None

    def plan(self, fits: Callable[[web.Request], bool], times: int, happens: Happens) -> Trouble:
        trouble = Trouble(fits, times, happens)
        self.planned = [one for one in self.planned if one.times > 0] + [trouble]
        return trouble


def stalling(seconds: float) -> Happens:
    """It is answered as usual, but so much later."""

    async def stalled(_: web.Request) -> None:
        await asyncio.sleep(seconds)

    return stalled


async def dropped(request: web.Request) -> web.StreamResponse:
    """The connection is cut before an answer; nothing is done."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
