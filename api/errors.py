"""From what went wrong to what the client is told. The only place that knows statuses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

from core import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.model import Caller
    from core.urls import Urls

STATUSES: Mapping[type[BaseException], int] = {
    errors.InvalidInput: 422,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Gone: 410,
    errors.Conflict: 409,
    errors.RateLimited: 429,
    errors.FetchFailed: 502,
    errors.FetchTimedOut: 504,
    errors.Unavailable: 503,
    errors.CoreError: 500,
}
"""A category's status; a leaf without a row has its nearest ancestor's."""

_RETRY_SECONDS = 5
_HTTP_CODES = {
    400: ("bad_request", "The request can't be understood."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take that method."),
    408: ("request_timeout", "The request came too slowly."),
    416: ("range_not_satisfiable", "The range lies outside of the file."),
    417: ("expectation_failed", "Only `Expect: 100-continue` is understood."),
    501: ("not_implemented", "Answers come as `format=json` or `format=xml`."),
}
EDGE_CODES = {code: (status, sentence) for status, (code, sentence) in _HTTP_CODES.items()}
"""Codes that the HTTP layer itself gives, with status and sentence."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A failure, ready to be shown in any face's shape.

    `advice` says what to do next; pages show it, the JSON shapes have no place for it. `kind`
    is the class of what failed, for shapes with statuses and codes of their own.
    """

    status: int
    code: str
    message: str
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    action: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    advice: str = ""
    kind: type[BaseException] = Exception


def status_of(kind: type[BaseException]) -> int:
    """The status of an error class, found by walking its ancestors."""
    return next((STATUSES[base] for base in kind.__mro__ if base in STATUSES), 500)


def problem_of(err: errors.CoreError, urls: Urls, caller: Caller | None) -> Problem:
    """What to tell of a core error."""
    headers: dict[str, str] = {}
    action: dict[str, Any] | None = None
    extra: dict[str, Any] = {}
    if isinstance(err, errors.RateLimited):
        seconds = int(err.data["seconds"])
        action = {"type": "wait", "seconds": seconds, "label": f"Try again in {_span(seconds)}"}
        headers["Retry-After"] = str(seconds)
    elif isinstance(err, errors.Unavailable):
        headers["Retry-After"] = str(err.data.get("seconds", _RETRY_SECONDS))
    elif isinstance(err, errors.QuotaExceeded) and caller and caller.team:
        action = {"type": "upgrade", "url": urls.upgrade(caller.team.id), "label": "See the plans"}
    elif isinstance(err, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    elif isinstance(err, errors.ExternalIdDuplicate):
        extra["id"] = err.data["id"]
    found = err.errors if isinstance(err, errors.InvalidInput) else {}
    return Problem(
        status_of(type(err)),
        err.code,
        _message(err, found),
        found,
        action,
        extra,
        headers,
        err.advice,
        type(err),
    )


def _message(err: errors.CoreError, found: Mapping[str, list[str]]) -> str:
    if err.public == errors.InvalidInput.sentence and found:
        return " ".join(f"{name}: {sentences[0]}" for name, sentences in found.items())
    return err.public


def _span(seconds: int) -> str:
    if seconds < 120:  # noqa: PLR2004  two minutes
        return f"{seconds} seconds"
    return f"{round(seconds / 60)} minutes"


def http_problem(err: web.HTTPException) -> Problem:
    """What to tell of a failure that the HTTP layer found."""
    code, sentence = _HTTP_CODES.get(err.status, _HTTP_CODES[400])
    headers = {}
    if isinstance(err, web.HTTPMethodNotAllowed):
        headers["Allow"] = ", ".join(sorted({*err.allowed_methods, "OPTIONS"}))
    if "Content-Range" in err.headers:
        headers["Content-Range"] = err.headers["Content-Range"]
    return Problem(err.status, code, sentence, headers=headers, kind=type(err))


def fault(request_id: str) -> Problem:
    """What to tell of a fault of ours: the id under which the log has the reason."""
    return Problem(
        500,
        errors.CoreError.code,
        errors.CoreError.sentence,
        extra={"request_id": request_id},
        advice=errors.CoreError.advice,
    )


def problem_body(problem: Problem) -> dict[str, Any]:
    """The native shape: `{"error", "message", "action"?, "errors"?}`."""
    body: dict[str, Any] = {"error": problem.code, "message": problem.message, **problem.extra}
    if problem.action:
        body["action"] = dict(problem.action)
    if problem.errors:
        body["errors"] = dict(problem.errors)
    return body


def problem_json(problem: Problem) -> web.Response:
    """The native shape as an answer."""
    return web.json_response(
        problem_body(problem),
        status=problem.status,
        headers={"Cache-Control": "no-store", **problem.headers},
    )
