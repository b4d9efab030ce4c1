"""What a request is told of an error; a fault of ours is logged under the request's id."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from api.errors import problem_of
from api.keys import CALLER, REQUEST_ID, URLS
from core.errors import is_fault

if TYPE_CHECKING:
    from aiohttp import web

    from api.errors import Problem
    from core.errors import CoreError

log = structlog.get_logger("pixferry.http")


def explained(request: web.Request, err: CoreError) -> Problem:
    """What to tell of it; see `problem_of`."""
    problem = problem_of(err, request.app[URLS], request.get(CALLER))
    if not is_fault(err):
        return problem
    log.error("fault", code=err.code, exc_info=err)
    return replace(problem, extra={**problem.extra, "request_id": request[REQUEST_ID]})
