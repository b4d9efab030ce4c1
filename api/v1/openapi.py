"""The OpenAPI 3.1 document of /v1, made from the route table, the models and the errors."""

from __future__ import annotations

import json
from functools import lru_cache
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import yaml

from api.errors import EDGE_CODES
from api.v1 import openapi_bytes
from api.v1.examples import FORM, REQUESTS, examples
from api.v1.failures import edge_body, edge_codes_of, example_body, failures_of
from api.v1.headers import METERED
from api.v1.openapi_answers import as_json, failed, header_references, reference
from api.v1.openapi_operations import operation
from api.v1.openapi_parts import (
    DESCRIPTION,
    HEADERS,
    LINKS,
    LOCATION,
    QUOTA_HEADERS,
    RATE_HEADERS,
    SECURITY,
    SECURITY_SCHEMES,
    TAGS,
    health_paths,
    path_parameters,
    tag_of,
)
from api.v1.routes import ROUTES
from api.v1.schemas import Schema, component_schemas, form_schema

if TYPE_CHECKING:
    from api.route import Route


@lru_cache(maxsize=4)
def document(
    api_base: str, public_base: str | None = None, media_base: str | None = None
) -> Schema:
    """The document; the bases of links and bytes, for its examples, default to the API's."""
    public = public_base or api_base
    media = media_base or public
    paths: dict[str, Any] = {}
    for route in ROUTES:
        operation = _operation(route, public, media)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Pixferry",
            "version": version("pixferry"),
            "summary": "Image hosting: a picture in, a link out.",
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": api_base}],
        "externalDocs": {"description": "Reference", "url": f"{public}/api/reference"},
        "tags": TAGS,
        "paths": paths | {openapi_bytes.PATH: openapi_bytes.bytes_path(media)} | health_paths(),
        "components": {
            "schemas": component_schemas(ROUTES),
            "examples": _examples(public),
            "headers": HEADERS,
            "securitySchemes": SECURITY_SCHEMES,
        },
    }


def to_json(found: Schema) -> str:
    """The document as JSON."""
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def to_yaml(found: Schema) -> str:
    """The document as YAML, without anchors: not every reader of OpenAPI takes them."""
    return yaml.dump(found, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=100)


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  PyYAML's signature
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        style = "|" if "\n" in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Plain.add_representer(str, _Plain.represent_str)


def _operation(route: Route, public: str, media: str) -> Schema:
    taken = operation(
        route,
        tag=tag_of(route),
        security=SECURITY[route.auth],
        parameters=path_parameters(route),
        body=_body(route) if route.request else None,
    )
    return {**taken, "responses": _responses(route, public, media)}


def _body(route: Route) -> Schema:
    assert route.request
    if route.multipart:
        return {"multipart/form-data": {"schema": form_schema(), "example": FORM}}
    content = {
        "schema": reference(route.request.__name__),
        "example": REQUESTS[route.request],
    }
    return {"application/json": content}


def _responses(route: Route, public: str, media: str) -> dict[str, Schema]:
    metered = [*QUOTA_HEADERS, *RATE_HEADERS] if route.path in METERED else []
    success: Schema = {"description": HTTPStatus(route.status).phrase}
    success["headers"] = header_references("X-Request-Id", *metered)
    if route.response:
        success["content"] = as_json(
            reference(route.response.__name__),
            example=examples(public, media)[route.response],
        )
    if route.path in METERED:
        success["headers"] |= LOCATION
        success["links"] = LINKS
    failures = failed(failures_of(route), edge_codes_of(route), *metered)
    return {str(route.status): success} | failures


def _examples(public: str) -> Schema:
    """Each failure that an operation tells, as a client is sent it."""
    kinds = {kind.__name__: kind for route in ROUTES for kind in failures_of(route)}
    kinds |= {kind.__name__: kind for kind in openapi_bytes.FAILURES}
    codes = {code for route in ROUTES for code in edge_codes_of(route)}
    codes |= set(openapi_bytes.EDGE_CODES)
    found = {
        name: {"summary": kind.sentence, "value": example_body(kind, public)}
        for name, kind in sorted(kinds.items())
    }
    return found | {
        code: {"summary": EDGE_CODES[code][1], "value": edge_body(code)} for code in sorted(codes)
    }
