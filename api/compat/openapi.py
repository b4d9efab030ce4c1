"""The OpenAPI 3.1 document of a dialect, made from its routes, its models and its failures."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api.errors import problem_of
from api.v1.examples import ID
from api.v1.failures import EXAMPLE_TEAM, example_error
from api.v1.openapi_answers import as_json, reference
from api.v1.openapi_operations import operation
from api.v1.schemas import Schema, component_schemas, form_schema
from core import errors
from core.model import Caller
from core.urls import Urls

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.compat.dialect import Dialect, DialectRoute

_WITH_KEY = (errors.Unauthenticated, errors.Banned)
_ALWAYS = (errors.RateLimited, errors.CoreError, errors.Unavailable)


def document(dialect: Dialect, api_base: str) -> Schema:
    """The document; `api_base` is where the whole server is, without the prefix."""
    paths: dict[str, Any] = {}
    for route in dialect.routes:
        operation = _operation(dialect, route, api_base)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": dialect.title,
            "version": dialect.version,
            "description": dialect.description,
        },
        "servers": [{"url": f"{api_base}{dialect.prefix}"}],
        "paths": paths,
        "components": {
            "schemas": component_schemas(dialect.routes, dialect.failure),
            "securitySchemes": dict(dialect.security_schemes),
        },
    }


def _operation(dialect: Dialect, route: DialectRoute, api_base: str) -> Schema:
    taken = operation(
        route,
        tag=route.tag,
        security=list(dialect.security[route.auth]),
        parameters=_path_parameters(route),
        body=_body(route) if route.request else None,
    )
    success: Schema = {"description": HTTPStatus(route.status).phrase}
    if route.response:
        success["content"] = as_json(reference(route.response.__name__))
    responses = {str(route.status): success, **_failures(dialect, route, api_base)}
    for answer in responses.values():
        answer["headers"] = _headers(dialect)
    return {**taken, "responses": responses}


def _headers(dialect: Dialect) -> Schema:
    schema = {"type": "integer", "minimum": 0}
    return {
        name: {"description": meaning, "required": True, "schema": schema}
        for name, meaning in dialect.pace_headers.items()
    }


def _path_parameters(route: DialectRoute) -> list[Schema]:
    schema = {"type": "string"}
    return [
        {"name": name, "in": "path", "required": True, "schema": schema, "example": ID}
        for name in re.findall(r"\{(\w+)\}", route.path)
    ]


def _body(route: DialectRoute) -> Schema:
    assert route.request
    if route.multipart:
        schema = form_schema(route.request, route.file, several=route.several)
        return {"multipart/form-data": {"schema": schema}}
    return as_json(reference(route.request.__name__))


def _failures(dialect: Dialect, route: DialectRoute, api_base: str) -> dict[str, Schema]:
    """Answers by status, each with an example of every failure that is told with it."""
    urls = Urls.build(api_base, api_base, api_base, ["example"])
    told: dict[int, dict[str, Any]] = {}
    for kind in _failures_of(route):
        problem = problem_of(example_error(kind), urls, Caller("key:1", EXAMPLE_TEAM))
        status, _, body = dialect.told(problem)
        told.setdefault(status, {})[kind.__name__] = {"summary": kind.sentence, "value": body}
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "content": as_json(reference(dialect.failure.__name__), examples=told[status]),
        }
        for status in sorted(told)
    }


def _failures_of(route: DialectRoute) -> Iterator[type[errors.CoreError]]:
    if route.auth != "none":
        yield from _WITH_KEY
    if route.ability:
        yield errors.Forbidden
    if route.request or route.query:
        yield errors.InvalidInput
    yield from route.failures
    yield from _ALWAYS
