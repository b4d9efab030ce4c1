"""How the OpenAPI document says what an operation answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from api.errors import EDGE_CODES, status_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.errors import CoreError

Schema = dict[str, Any]

_HEADERS_OF: dict[int, tuple[str, ...]] = {
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate",),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After",),
    HTTPStatus.SERVICE_UNAVAILABLE: ("Retry-After",),
}


def failed(
    kinds: Iterable[type[CoreError]], codes: Iterable[str], *headers: str
) -> dict[str, Schema]:
    """Answers by status: errors of the core, codes of the HTTP layer, `headers` on each."""
    told: dict[int, list[str]] = {}
    for kind in kinds:
        told.setdefault(status_of(kind), []).append(kind.__name__)
    for code in codes:
        told.setdefault(EDGE_CODES[code][0], []).append(code)
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            "headers": header_references("X-Request-Id", *_HEADERS_OF.get(status, ()), *headers),
            "content": as_json(reference("ErrorObject"), examples=_named(told[status])),
        }
        for status in sorted(told)
    }


def header_references(*names: str) -> Schema:
    """Headers of the components."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def reference(name: str) -> Schema:
    """A schema of the components."""
    return {"$ref": f"#/components/schemas/{name}"}


def as_json(schema: Schema, **more: Any) -> Schema:
    """A body of JSON."""
    return {"application/json": {"schema": schema, **more}}


def _named(names: list[str]) -> Schema:
    return {name: {"$ref": f"#/components/examples/{name}"} for name in names}
