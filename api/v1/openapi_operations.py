"""How an OpenAPI document says what an operation is and takes, of `/v1` and of dialects alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.v1.schemas import Schema, query_parameters

if TYPE_CHECKING:
    from api.route import Route


def operation(
    route: Route, *, tag: str, security: list[Schema], parameters: list[Schema], body: Schema | None
) -> Schema:
    """What an operation is and takes; `parameters` are those of its path."""
    found: Schema = {
        "operationId": route.handler.__name__.strip("_"),
        "tags": [tag],
        "summary": route.summary,
        "description": (route.handler.__doc__ or "").strip(),
        "security": security,
    }
    if route.query:
        parameters = parameters + query_parameters(route.query)
    if parameters:
        found["parameters"] = parameters
    if body:
        found["requestBody"] = {"required": True, "content": body}
    return found
