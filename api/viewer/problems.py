"""Failures as pages, for people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from api.viewer.render import page
from core.errors import InvalidInput
from core.words import span

if TYPE_CHECKING:
    from aiohttp import web

    from api.errors import Problem

_TITLES = {
    401: "A key is needed",
    403: "That is not allowed",
    404: "Nothing here",
    405: "Not that way",
    408: "That took too long",
    410: "Gone",
    422: "That did not work",
    429: "Enough for now",
    500: "Our fault",
    503: "Back in a moment",
}
_OTHERWISE = "That did not work"
_MINUTE = 60


def wants_page(request: web.Request) -> bool:
    """Whether a person asks: by `Accept`, and not for a file by its extension."""
    last = request.path.rpartition("/")[2]
    return "text/html" in request.headers.get("Accept", "") and "." not in last


def problem_page(request: web.Request, problem: Problem) -> web.Response:
    """A friendly page, without any preview."""
    response = page(
        request,
        "problem.html",
        status=problem.status,
        title=_TITLES.get(problem.status, _OTHERWISE),
        problem=problem,
        sentences=_sentences(problem),
        advice=_advice(problem),
    )
    response.headers.update({"Cache-Control": "no-store", **problem.headers})
    return response


def _sentences(problem: Problem) -> list[str]:
    """What happened; a single field's sentence needs no name before it."""
    if len(problem.errors) == 1:
        return [sentence for found in problem.errors.values() for sentence in found]
    named = [f"{name}: {sentence}" for name, found in problem.errors.items() for sentence in found]
    return named or [problem.message]


def _advice(problem: Problem) -> str:
    """What to do next. Some of the errors' own advice names JSON fields, which no page has."""
    wait = problem.headers.get("Retry-After")
    if wait is not None:
        return f"Try again in {_wait(int(wait))}."
    if problem.advice == InvalidInput.advice:
        return "Go back, mend it and send it again."
    return problem.advice


def _wait(seconds: int) -> str:
    """How long to wait, rounded up: after it the request will pass."""
    if seconds < 2 * _MINUTE:
        return f"{seconds} seconds" if seconds != 1 else "a second"
    return span(timedelta(minutes=-(-seconds // _MINUTE)))
