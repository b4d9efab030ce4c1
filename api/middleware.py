"""What surrounds every request: its id, its log line, its numbers, and the one error door."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from api.compat.dialect import PACE
from api.compat.registry import as_json, dialect_at
from api.errors import Problem, fault, http_problem
from api.faults import explained
from api.keys import METRICS, REQUEST_ID
from api.v1.headers import add_quota_headers
from api.viewer.problems import problem_page, wants_page
from core.errors import CoreError, Gone, NotFound

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from multidict import CIMultiDict

    from api.metrics import Metrics

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = structlog.get_logger("pixferry.http")

_SHARED_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_JSON_PREFIXES = ("/v1/", "/compat/")
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "X-Request-Id, Retry-After, "
        "X-Monthly-Uploads-Used, X-Monthly-Uploads-Limit, X-Monthly-Uploads-Remaining, "
        "X-Storage-Used, X-Storage-Limit, X-Storage-Remaining, "
        "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
        "X-RateLimit-Limit-Daily, X-RateLimit-Remaining-Daily"
    ),
}
_PREFLIGHT = {
    "Access-Control-Allow-Headers": (
        "Authorization, Content-Type, X-API-Key, X-Delete-Token, X-Album-Password"
    ),
    "Access-Control-Max-Age": "86400",
}


@web.middleware
async def observe(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request its id, and tell of it once it is answered."""
    return await observed(request, handler(request), request.app[METRICS], _route(request))


async def observed(
    request: web.BaseRequest, answer: Awaitable[web.StreamResponse], metrics: Metrics, route: str
) -> web.StreamResponse:
    """See `observe`."""
    given = request.headers.get("X-Request-Id", "")
    request_id = given if _SHARED_ID.fullmatch(given) else _new_id()
    request[REQUEST_ID] = request_id
    # Never unbound: each request is a task of its own, with variables of its own.
    structlog.contextvars.bind_contextvars(request_id=request_id)
    began = time.perf_counter()
    status = 499  # what nginx logs when the client left first
    try:
        response = await answer
        status = response.status
    finally:
        seconds = time.perf_counter() - began
        metrics.request(request.method, route, status, seconds)
        log.info(
            "request",
            method=request.method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 1),
        )
    return response


async def stamp(request: web.Request, response: web.StreamResponse) -> None:
    """Headers of every response, set as its head is sent."""
    stamp_headers(request, response.headers)
    if speaks_json(request):
        response.headers.update(_CORS)
    pace = request.get(PACE)
    if pace and (dialect := dialect_at(request.path)):
        response.headers.update(dialect.pace(pace))


def stamp_headers(request: web.BaseRequest, headers: CIMultiDict[str]) -> None:
    """See `stamp`."""
    headers["X-Request-Id"] = request.get(REQUEST_ID) or _new_id()
    headers["Server"] = "Pixferry"
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")


@web.middleware
async def catch(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The one error door: whatever fails becomes an answer in the face's shape."""
    try:
        if request.method == "OPTIONS":
            return _options(request)
        response = await handler(request)
    except CoreError as err:
        response = show(request, _explain(request, err))
    except web.HTTPException as err:
        if err.status < 400:  # noqa: PLR2004  redirects are raised, too
            raise
        response = show(request, http_problem(err))
    except ConnectionError:
        raise  # the client left; there is nobody to tell
    except Exception:
        log.exception("fault")
        response = show(request, fault(request[REQUEST_ID]))
    await add_quota_headers(request, response)
    return response


def _explain(request: web.Request, err: CoreError) -> Problem:
    if isinstance(err, Gone) and speaks_json(request):
        err = NotFound()  # the API does not tell what was from what never was
    return explained(request, err)


def show(request: web.Request, problem: Problem) -> web.StreamResponse:
    """A problem in the shape of the face that was asked."""
    if wants_page(request) and not speaks_json(request):
        return problem_page(request, problem)
    return as_json(problem, request.path)


def speaks_json(request: web.Request) -> bool:
    """Whether the address belongs to an API."""
    return f"{request.path}/".startswith(_JSON_PREFIXES)


def _options(request: web.Request) -> web.Response:
    """Answer a preflight, or say which methods an address takes."""
    refusal = request.match_info.http_exception
    if not isinstance(refusal, web.HTTPMethodNotAllowed):
        raise refusal or web.HTTPNotFound
    methods = ", ".join(sorted({*refusal.allowed_methods, "OPTIONS"}))
    headers = {"Allow": methods}
    if "Origin" in request.headers:
        headers |= {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": methods}
        headers |= _PREFLIGHT
    return web.Response(status=204, headers=headers)


def _new_id() -> str:
    return os.urandom(8).hex()


def _route(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"
