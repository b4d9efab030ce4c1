"""What makes a dialect: its routes, who calls, its shape of failures; and how it is served.

A dialect is an application of its own below its prefix. What all have in common is here: each
request is counted against the caller's rates, failures of whatever kind take the dialect's shape,
and unknown addresses and methods are no exception.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from api.identity import anonymous
from api.keys import CALLER, CORE, METRICS, URLS
from api.route import Route
from core.errors import CoreError, RateLimited, Unauthenticated
from core.model import Caller, RateVerdict
from core.services.access import require

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from pydantic import BaseModel

    from api.errors import Problem
    from core.model import Ability

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PACE = web.RequestKey("pace", RateVerdict)
"""The caller's rate in a dialect, as it is with this request."""


@dataclass(frozen=True, slots=True)
class DialectRoute(Route):
    """One operation. `path` is below the dialect's prefix, `ability` what a key must have for it.

    `auth` is one of the dialect's `security`; what begins with `key` is refused to callers
    without one before the handler is asked. `file` names a form's field for the file, which
    `several` may repeat. `tag`: where the documentation files it.
    """

    ability: Ability | None = None
    file: str = "file"
    several: bool = False
    tag: str = "Images"

    @property
    def pattern(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True)
class Dialect:
    """One API of another service.

    Args:
        name: as `plans.toml` and the command line know it.
        title: as people know it.
        version: of the API, as its document says.
        prefix: where it is served, without a slash at the end.
        routes: its operations.
        identify: who sent a request; raises Unauthenticated or Banned.
        tells: status and code of failures that differ from `/v1`'s; a class without a row has its
            nearest ancestor's, else `/v1`'s.
        body: a failure as JSON, told with its status and code.
        failure: the model of that.
        security_schemes: OpenAPI's, by name.
        security: each route's `auth` to OpenAPI's alternatives.
        description: for the OpenAPI document.
        pace: headers that tell the caller's rate.
        pace_headers: these, with their meanings, for the OpenAPI document.

    """

    name: str
    title: str
    version: str
    prefix: str
    routes: tuple[DialectRoute, ...]
    identify: Callable[[web.Request], Awaitable[Caller]]
    tells: Mapping[type[BaseException], tuple[int, str]]
    body: Callable[[Problem, int, str], dict[str, Any]]
    failure: type[BaseModel]
    security_schemes: Mapping[str, Any]
    security: Mapping[str, list[dict[str, list[str]]]]
    description: str = ""
    pace: Callable[[RateVerdict], Mapping[str, str]] = field(default=lambda _: {})
    pace_headers: Mapping[str, str] = field(default_factory=dict)

    def told(self, problem: Problem) -> tuple[int, str, dict[str, Any]]:
        """Status, code and body of a failure."""
        found = (self.tells[base] for base in problem.kind.__mro__ if base in self.tells)
        status, code = next(found, (problem.status, problem.code))
        return status, code, self.body(problem, status, code)

    def show(self, problem: Problem, **more: Any) -> web.Response:
        """A failure as an answer, with what its body has beside it."""
        status, _, body = self.told(problem)
        headers = {"Cache-Control": "no-store", **problem.headers}
        return web.json_response(body | more, status=status, headers=headers)

    def owns(self, path: str) -> bool:
        """Whether an address is below the prefix."""
        return f"{path}/".startswith(f"{self.prefix}/")


DIALECT = web.AppKey("dialect", Dialect)
"""The dialect that an application below a prefix speaks."""


def mount(app: web.Application, dialect: Dialect, *more: web.RouteDef) -> None:
    """Serve a dialect; `more` are addresses that its document does not have."""
    below = web.Application(middlewares=[_counting(dialect)], client_max_size=1 << 20)
    below[CORE], below[METRICS], below[URLS] = app[CORE], app[METRICS], app[URLS]
    below[DIALECT] = dialect
    for route in dialect.routes:
        # The base address is a client's setting: it may have its slash or not.
        for pattern in ("", "/") if route.pattern == "/" else (route.pattern,):
            below.router.add_route(route.method, pattern, route.handler)
            if route.method == "GET":
                below.router.add_route("HEAD", pattern, route.handler)
    below.add_routes(more)
    app.add_subapp(dialect.prefix, below)


def _counting(dialect: Dialect) -> Any:
    """Find out who calls, count the request, then refuse it or answer it.

    The address is refused first (404, 405), then the caller (401, 403), then the rate (429).
    """
    known = {(each.method, f"{dialect.prefix}{each.pattern}"): each for each in dialect.routes}

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        core = request.app[CORE]
        nobody = request[CALLER] = anonymous(request)
        refusal: Exception | None = request.match_info.http_exception
        try:
            caller = request[CALLER] = await dialect.identify(request)
            route = known.get(_operation(request))
            _admit(route, caller)
            if route and route.multipart:
                core.quotas.refuse_strangers(caller)
        except CoreError as err:
            refusal = refusal or err
        verdict = await core.dialects.count(dialect.name, request[CALLER], nobody.subject)
        if verdict:
            request[PACE] = verdict
        if refusal:
            raise refusal
        if verdict and not verdict.allowed:
            raise RateLimited(seconds=verdict.retry_after)
        return await handler(request)

    return count


def _operation(request: web.Request) -> tuple[str, str]:
    resource = request.match_info.route.resource
    method = "GET" if request.method == "HEAD" else request.method
    return method, resource.canonical if resource else ""


def _admit(route: DialectRoute | None, caller: Caller) -> None:
    if route is None:
        return
    if route.auth.startswith("key") and caller.team is None:
        raise Unauthenticated
    if route.ability and caller.team is not None:
        require(caller, route.ability)


def sentence(problem: Problem) -> str:
    """What to tell people; of a fault of ours with the id that the log has, too."""
    if request_id := problem.extra.get("request_id"):
        return f"{problem.message} Request: {request_id}."
    return problem.message


THREE_HEADERS = {
    "X-RateLimit-Limit": "Requests within the shortest window.",
    "X-RateLimit-Remaining": "Requests left in that window.",
    "X-RateLimit-Reset": "When that window ends, in Unix seconds.",
}


def three_headers(verdict: RateVerdict) -> dict[str, str]:
    """The values of `THREE_HEADERS`."""
    shortest = verdict.windows[0]
    reset_at = max(shortest.reset_at, int(time.time()))
    values = (shortest.limit, shortest.remaining, reset_at)
    return dict(zip(THREE_HEADERS, map(str, values), strict=True))
