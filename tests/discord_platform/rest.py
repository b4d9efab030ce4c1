"""The REST API: one door for authorisation, trouble, limits and errors, then a table of routes."""

from __future__ import annotations

import hashlib
import time
import traceback
from typing import TYPE_CHECKING

from aiohttp import web
from discord_platform import rest_commands, rest_interactions, rest_messages, rest_people
from discord_platform.refusals import Complaint, Refused, unauthorized
from discord_platform.replies import reply
from discord_platform.troubles import LOST, too_many

if TYPE_CHECKING:
    from discord_platform.stand_in import Discord

BASE = "/api/v10"
BUCKET = 50  # requests a second to one route of one channel or interaction
TABLE = [
    *rest_people.ROUTES,
    *rest_commands.ROUTES,
    *rest_interactions.ROUTES,
    *rest_messages.ROUTES,
]
OPEN = ("/interactions/", "/webhooks/")  # the token in the path is enough


def application(discord: Discord) -> web.Application:
    """The whole platform as one server."""
    app = web.Application(client_max_size=26 << 20)
    for path in ("/", "/resume", "/resume/"):
        app.router.add_get(path, discord.gateway.serve)
    for place in ("attachments", "ephemeral-attachments"):
        app.router.add_get(f"/{place}/{{channel}}/{{number}}/{{name}}", discord.cdn.serve)
    door = Door(discord)
    for method, path, handler in TABLE:
        app.router.add_route(method, BASE + path, door.guard(handler))
    app.router.add_route("*", "/api/{rest:.*}", door.guard(_no_such_route))
    return app


async def _no_such_route(_: Discord, request: web.Request) -> None:
    raise Refused(404, 0, f"404: Not Found: {request.path}")


class Door:
    """What every request passes."""

    def __init__(self, discord: Discord) -> None:
        self.discord = discord
        self._all = (0, 0)  # second, requests in it
        self._windows: dict[str, tuple[int, int]] = {}  # bucket -> second, requests in it

    def guard(self, handler):
        async def handle(request: web.Request) -> web.StreamResponse:
            trouble = await self.discord.troubles.meet(request)
            if trouble is not None:
                return trouble
            if self._beyond_the_global_limit(request):
                return too_many(1 - time.monotonic() % 1, everywhere=True)
            try:
                self._authorize(request)
                result = await handler(self.discord, request)
            except Refused as refused:
                if refused.blame:
                    self.discord.complain(_complaint(request, refused))
                return self._answer(request, refused.body(), refused.status)
            except Exception as fault:  # of the stand-in, or a body that it never thought of
                traceback.print_exc()
                self.discord.complain(_complaint(request, Refused(500, 0, repr(fault))))
                return self._answer(request, {"message": "500: Internal", "code": 0}, 500)
            if LOST in request and request.transport is not None:
                request.transport.abort()
            status, body = result if isinstance(result, tuple) else (200, result)
            return self._answer(request, body, 204 if body is None else status)

        return handle

    def _beyond_the_global_limit(self, request: web.Request) -> bool:
        if request.path.removeprefix(BASE).startswith(OPEN):
            return False
        second = int(time.monotonic())
        counted, count = self._all
        self._all = (second, count + 1 if counted == second else 1)
        return self._all[1] > self.discord.global_limit

    def _authorize(self, request: web.Request) -> None:
        path = request.path.removeprefix(BASE)
        given = request.headers.get("Authorization")
        if given != f"Bot {self.discord.app.token}" and not path.startswith(OPEN):
            raise unauthorized()

    def _answer(self, request: web.Request, body: object, status: int) -> web.Response:
        headers = self._limits(request)
        if body is None:
            return web.Response(status=status, headers=headers)
        return reply(body, status, headers)

    def _limits(self, request: web.Request) -> dict[str, str]:
        """Generous limits that are told and never reached: tests ask for a 429 by name."""
        info = request.match_info
        route = f"{request.method} {info.route.resource and info.route.resource.canonical}"
        major = info.get("channel") or info.get("token") or info.get("guild") or ""
        second = int(time.monotonic())
        seen = self._windows.get(route + major, (0, 0))
        count = seen[1] + 1 if seen[0] == second else 1
        if len(self._windows) > 2_000:
            self._windows.clear()
        self._windows[route + major] = (second, count)
        return {
            "X-RateLimit-Limit": str(BUCKET),
            "X-RateLimit-Remaining": str(max(1, BUCKET - count)),
            "X-RateLimit-Reset": str(time.time() + 1),
            "X-RateLimit-Reset-After": "1.000",
            "X-RateLimit-Bucket": hashlib.md5(route.encode()).hexdigest(),
            "Via": "1.1 google",
        }


def _complaint(request: web.Request, refused: Refused) -> Complaint:
    path = request.path.removeprefix(BASE)
    token = request.match_info.get("token")
    shown = path.replace(token, "TOKEN") if token else path
    return Complaint(
        f"{request.method} {shown}", refused.status, refused.code, refused.message, refused.errors
    )
