"""Failures as pages, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.viewer.render import page

if TYPE_CHECKING:
    from aiohttp import web

    from api.errors import Problem

_TITLES = {404: "Nothing here", 410: "Gone", 503: "Back in a moment", 500: "Our fault"}


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
        title=_TITLES.get(problem.status, "That did not work"),
        problem=problem,
    )
    response.headers.update({"Cache-Control": "no-store", **problem.headers})
    return response
