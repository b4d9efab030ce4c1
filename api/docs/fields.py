"""Tables of fields, read from the same schemas as the OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from api.v1.routes import ROUTES
from api.v1.schemas import Schema, component_schemas, form_schema, query_parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.route import Route


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One field, as a table shows it."""

    name: str
    kind: str
    required: bool
    meaning: str


def request_rows(route: Route) -> list[FieldRow]:
    """What may stand in a route's body."""
    if route.request is None:
        return []
    schemas = _schemas()
    schema = form_schema() if route.multipart else schemas[route.request.__name__]
    return _rows(schema, schemas)


def response_rows(route: Route) -> list[FieldRow]:
    """What a route's answer may hold."""
    if route.response is None:
        return []
    schemas = _schemas()
    return _rows(schemas[route.response.__name__], schemas)


def query_rows(route: Route) -> list[FieldRow]:
    """What may stand in a route's query string."""
    if route.query is None:
        return []
    return [
        FieldRow(
            found["name"],
            _kind(found["schema"], {}),
            found["required"],
            _meaning(found["schema"], found["description"]),
        )
        for found in query_parameters(route.query)
    ]


@lru_cache(maxsize=1)
def _schemas() -> Mapping[str, Schema]:
    """Those of every route: to gather them takes longer than all else of a page."""
    return component_schemas(ROUTES)


def _rows(schema: Schema, schemas: Mapping[str, Schema]) -> list[FieldRow]:
    needed = schema.get("required", ())
    return [
        FieldRow(name, _kind(found, schemas), name in needed, _meaning(found, _said(found)))
        for name, found in schema["properties"].items()
    ]


def _said(schema: Schema) -> str:
    """A description: the field's own, or that of the only thing it may be."""
    for found in (schema, *schema.get("anyOf", ())):
        if "description" in found:
            return str(found["description"])
    return ""


def _meaning(schema: Schema, said: str) -> str:
    default = schema.get("default")
    if default in (None, ""):
        return said
    shown = str(default).lower() if isinstance(default, bool) else default
    return f"{said} Default: {shown}.".strip()


def _kind(schema: Schema, schemas: Mapping[str, Schema]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        found = schemas.get(name, {})
        return _kind(found, schemas) if "enum" in found else name
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_kind(one, schemas) for one in schema["anyOf"]))
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("format") == "binary":
        return "file"
    kind = str(schema.get("type", "any"))
    if kind == "array":
        kind = f"list of {_kind(schema['items'], schemas)}"
    return kind + _bounds(schema)


def _bounds(schema: Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is not None and most is not None and most < 1 << 32:
        return f", {least:,} to {most:,}"
    if "maxLength" in schema:
        return f", {schema.get('minLength', 0)} to {schema['maxLength']:,} characters"
    if "maxItems" in schema:
        return f", {schema.get('minItems', 0)} to {schema['maxItems']:,}"
    return ""
