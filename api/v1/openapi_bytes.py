"""The OpenAPI document's part on bytes, its parameters made from the table of transforms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.v1.examples import ID
from api.v1.openapi_answers import failed, header_references
from core import errors
from core.ids import MEDIA_ID
from core.imaging.formats import FORMATS
from core.imaging.transforms.table import PARAMETERS
from core.services.signed_links import CONVERSIONS, SIGNATURE

if TYPE_CHECKING:
    from core.imaging.transforms.table import Parameter

Schema = dict[str, Any]

PATH = "/{id}.{extension}"
FAILURES = (
    errors.Unauthenticated,
    errors.Forbidden,
    errors.Banned,
    errors.NotFound,
    errors.Gone,
    errors.InvalidInput,
    errors.NotTransformable,
    errors.RateLimited,
    errors.CoreError,
    errors.Unavailable,
)
EDGE_CODES = ("bad_request", "range_not_satisfiable")

_DESCRIPTION = """\
The stored picture, or what the query makes of it. Transforms are applied in one order, whatever
the query's; parameters that there are not are ignored. `ETag`, `Last-Modified`, conditional
requests and one range at a time, as RFC 9110 has them. `/{id}`, without an extension, gives the
same to whoever asks for an image, and a page to everybody else.
"""


def bytes_path(media: str) -> Schema:
    """The path; `media` is the base of bytes, which may be another host than the API's."""
    stored = [row for row in FORMATS if row.is_stored]
    extensions = sorted({*CONVERSIONS, *(row.extension for row in stored)})
    mimes = sorted({row.mime for row in FORMATS if row.is_stored or row.extension in CONVERSIONS})
    binary = {"schema": {"type": "string", "format": "binary"}}
    given = {
        "headers": header_references("X-Request-Id"),
        "content": dict.fromkeys(mimes, binary),
    }
    return {
        "get": {
            "servers": [{"url": media}],
            "operationId": "get_bytes",
            "tags": ["Bytes"],
            "summary": "The picture itself, transformed by its query",
            "description": _DESCRIPTION,
            "security": [{}, {"key": []}],
            "parameters": [
                _in_path("id", {"type": "string", "pattern": f"^{MEDIA_ID.pattern}$"}, ID),
                _in_path("extension", {"type": "string", "enum": extensions}, "webp"),
                *(_in_query(parameter) for parameter in PARAMETERS.values()),
                {
                    "name": SIGNATURE,
                    "in": "query",
                    "description": "What a signed link has: see `POST /v1/media/{id}/links`.",
                    "schema": {"type": "string"},
                },
                {
                    "name": "download",
                    "in": "query",
                    "description": "1: browsers save the picture instead of showing it.",
                    "schema": {"type": "string"},
                },
            ],
            "responses": {
                "200": {"description": "The picture.", **given},
                "206": {"description": "The range of it that was asked for.", **given},
                "304": {
                    "description": "The client has it.",
                    "headers": header_references("X-Request-Id"),
                },
                **failed(FAILURES, EDGE_CODES),
            },
        },
    }


def _in_path(name: str, schema: Schema, example: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def _in_query(parameter: Parameter) -> Schema:
    signed = " In signed links alone." if parameter.signed else ""
    return {
        "name": parameter.name,
        "in": "query",
        "description": f"{parameter.sentence}{signed}",
        "schema": parameter.kind.schema,
    }
