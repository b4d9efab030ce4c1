"""JSON schemas of what /v1 takes and gives, made from the models that validate it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from api.v1.models import ErrorObject, UploadRequest
from core import fields

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel

    from api.route import Route

Schema = dict[str, Any]
_Wanted = tuple["type[BaseModel]", Literal["validation", "serialization"]]

REFERENCE = "#/components/schemas/{model}"
_NULL = {"type": "null"}


class _Generator(GenerateJsonSchema):
    """pydantic's, without a title for each field: the field's name says as much."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002  pydantic's signature
        return False


def component_schemas(
    routes: Iterable[Route], failure: type[BaseModel] = ErrorObject
) -> dict[str, Schema]:
    """Name to schema of every model that the routes take as JSON or give, failures included."""
    wanted: dict[_Wanted, None] = {(failure, "serialization"): None}
    for route in routes:
        if route.response:
            wanted[route.response, "serialization"] = None
        if route.request and not route.multipart:
            wanted[route.request, "validation"] = None
    taken = {model.__name__ for model, way in wanted if way == "validation"}
    found = models_json_schema(list(wanted), ref_template=REFERENCE, schema_generator=_Generator)[
        1
    ]["$defs"]
    for name, schema in found.items():
        if name in taken:
            _restrict_names(schema)
        else:
            _leave_out_nulls(schema)
    return dict(sorted(found.items()))


def form_schema(
    model: type[BaseModel] = UploadRequest, name: str = "file", *, several: bool = False
) -> Schema:
    """The multipart form of an upload: one file in the field `name`, or several, and texts."""
    schema = model.model_json_schema(ref_template=REFERENCE, schema_generator=_Generator)
    _leave_out_nulls(schema)
    file: Schema = {
        "type": "string",
        "format": "binary",
        "description": "The image: JPEG, PNG, GIF, WebP, AVIF, HEIC, SVG, BMP, ICO or TIFF.",
    }
    if several:
        file = {"type": "array", "items": file, "minItems": 1}
    schema["properties"] = {name: file} | schema["properties"]
    schema["required"] = [name]
    _restrict_names(schema)
    return schema


def query_parameters(model: type[BaseModel]) -> list[Schema]:
    """The parameters of a query string."""
    schema = model.model_json_schema(ref_template=REFERENCE, schema_generator=_Generator)
    _leave_out_nulls(schema)
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "description": found.pop("description", ""),
            "schema": found,
        }
        for name, found in schema["properties"].items()
    ]


def _leave_out_nulls(schema: Schema) -> None:
    """What is not set is absent, in answers and in forms: no null stands for it."""
    for name, found in schema.get("properties", {}).items():
        if name in schema.get("required", ()) or _NULL not in found.get("anyOf", ()):
            continue
        others = [one for one in found.pop("anyOf") if one != _NULL]
        found.pop("default", None)
        kept = others[0] if len(others) == 1 else {"anyOf": others}
        schema["properties"][name] = {**kept, **found}


def _restrict_names(schema: Schema) -> None:
    """Say which names attribution may have, where a model takes any field."""
    if not isinstance(schema.get("additionalProperties"), dict):
        return
    # One pattern rather than `not`, which few readers of OpenAPI make anything of.
    taken = "|".join(sorted(fields.RESERVED_NAMES - set(schema["properties"])))
    schema["propertyNames"] = {"pattern": f"^(?!({taken})$){fields.METADATA_NAME.pattern}$"}
