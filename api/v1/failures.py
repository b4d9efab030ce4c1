"""Which failures each route may tell, with an example of each made by the error door itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api.errors import EDGE_CODES, problem_body, problem_of, status_of
from api.v1.examples import ID
from core import errors, fields
from core.model import Caller, Team, TeamId
from core.urls import Urls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.route import Route

_WITH_KEY = (errors.Unauthenticated, errors.Forbidden, errors.Banned, errors.RateLimited)
_ALWAYS = (errors.CoreError, errors.Unavailable)
_EXAMPLE_REQUEST = "9f2c4e1ab07d6358"
EXAMPLE_TEAM = Team(TeamId(1), "Example", "free", default_public=True)


def failures_of(route: Route) -> tuple[type[errors.CoreError], ...]:
    """The errors of a route: its own, and those that follow from its key and its input."""
    found: list[type[errors.CoreError]] = [*_WITH_KEY, *route.failures, *_ALWAYS]
    if route.request or route.query:
        found.append(errors.InvalidInput)
    return tuple(dict.fromkeys(found))


def edge_codes_of(route: Route) -> tuple[str, ...]:
    """Codes of the HTTP layer that a right address and method may still get."""
    return ("bad_request", "request_timeout") if route.request else ("bad_request",)


def classes(kind: type[errors.CoreError] = errors.CoreError) -> Iterator[type[errors.CoreError]]:
    """Every error class of the tree, parents first, in the order in which they are defined."""
    yield kind
    for child in kind.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from classes(child)


def example_error(kind: type[errors.CoreError]) -> errors.CoreError:
    """An error as it might be raised, with the data that its kind carries."""
    if kind is errors.InvalidInput:
        return errors.InvalidInput.on("ttl", fields.TTL_SENTENCE)
    if issubclass(kind, errors.InvalidInput):
        field = "url" if kind is errors.AddressRefused else "file"
        return kind.on(field, kind.sentence)
    if kind is errors.QuotaExceeded:
        return errors.QuotaExceeded.uploads(100)
    if kind is errors.RateLimited:
        return kind(seconds=3_600)
    if kind is errors.ExternalIdDuplicate:
        return kind(id=ID)
    return kind()


def example_body(kind: type[errors.CoreError], public_base: str) -> dict[str, Any]:
    """What a client is sent of such an error, made by the same code."""
    urls = Urls.build(public_base, public_base, public_base, ["example"])
    problem = problem_of(example_error(kind), urls, Caller("key:1", EXAMPLE_TEAM))
    body = problem_body(problem)
    if "url" in body.get("action", {}):  # a real one would differ from second to second
        body["action"]["url"] = f"{public_base}/pricing?team=SIGNED"
    if status_of(kind) == HTTPStatus.INTERNAL_SERVER_ERROR:
        body["request_id"] = _EXAMPLE_REQUEST
    return body


def edge_body(code: str) -> dict[str, Any]:
    """What a client is sent of a failure that the HTTP layer found."""
    return {"error": code, "message": EDGE_CODES[code][1]}
