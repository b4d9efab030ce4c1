"""The parts of the OpenAPI document that no route decides: headers, keys, health."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from api.v1.examples import example_id
from core.ids import MEDIA_ID

if TYPE_CHECKING:
    from api.route import Route

Schema = dict[str, Any]

DESCRIPTION = """\
Upload or import images, get a shareable link. Send `Authorization: Bearer TOKEN`; uploads and
imports work without a key, too, for a while and within a rate.

Every failure has the shape of `ErrorObject`. What every address may answer beside what stands at
its operation: 404 `not_found` for an unknown one and 405 `method_not_allowed`, with `Allow`, for
a method that it does not take. `HEAD` is answered wherever `GET` is. Any origin may call from a
browser.
"""

TAGS = [
    {"name": "Images", "description": "Upload, import, list, change, delete."},
    {"name": "Bytes", "description": "Pictures themselves, as stored or transformed."},
    {"name": "Embeds", "description": "How links preview in chats."},
    {"name": "Albums", "description": "Images shown together."},
    {"name": "Account", "description": "Use of the plan, and API keys."},
    {"name": "Server", "description": "For whoever runs it."},
]

SECURITY_SCHEMES: Schema = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API key: `{key id}|{secret}`, or the secret alone.",
    },
    "deleteToken": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Delete-Token",
        "description": "The `delete_token` that an upload without a key was answered with.",
    },
    "albumPassword": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Album-Password",
        "description": "The password of an album of somebody else's, if it has one.",
    },
}
SECURITY: dict[str, list[Schema]] = {
    "key": [{"key": []}],
    "optional": [{}, {"key": []}],
    "key or token": [{"key": []}, {"deleteToken": []}],
    "key or password": [{}, {"key": []}, {"albumPassword": []}],
}
"""A route's `auth` to OpenAPI's alternatives."""


def _header(description: str, *, required: bool = False, text: bool = False) -> Schema:
    schema = {"type": "string"} if text else {"type": "integer", "minimum": 0}
    return {"description": description, "required": required, "schema": schema}


QUOTA_HEADERS = {
    "X-Monthly-Uploads-Used": _header("With a key: images hosted this month (UTC)."),
    "X-Monthly-Uploads-Limit": _header("With a key: images a month; absent: unlimited."),
    "X-Monthly-Uploads-Remaining": _header("With a key: images left; absent: unlimited."),
    "X-Storage-Used": _header("With a key: bytes stored."),
    "X-Storage-Limit": _header("With a key: bytes that may be stored; absent: unlimited."),
    "X-Storage-Remaining": _header("With a key: bytes left; absent: unlimited."),
}
RATE_HEADERS = {
    "X-RateLimit-Limit": _header("Without a key: images within the shortest window."),
    "X-RateLimit-Remaining": _header("Without a key: images left in that window."),
    "X-RateLimit-Reset": _header("Without a key: when that window ends, in Unix seconds."),
    "X-RateLimit-Limit-Daily": _header("Without a key: images in 24 hours."),
    "X-RateLimit-Remaining-Daily": _header("Without a key: images left in 24 hours."),
}
HEADERS: dict[str, Schema] = {
    "X-Request-Id": _header(
        "Names this request in the server's log; yours is kept, if you send one.",
        required=True,
        text=True,
    ),
    "Retry-After": _header("Seconds to wait.", required=True),
    "WWW-Authenticate": _header("How to send a key.", required=True, text=True),
    **QUOTA_HEADERS,
    **RATE_HEADERS,
}
LOCATION = {"Location": _header("The image's link.", required=True, text=True)}

LINKS: Schema = {
    name: {"operationId": name, "parameters": {"id": "$response.body#/id"}}
    for name in ("get_media", "patch_media", "delete_media")
}
"""What can be done next with an image that was just hosted."""


def tag_of(route: Route) -> str:
    """Where an operation is filed."""
    section = route.path.split("/")[2]
    return {
        "usage": "Account",
        "keys": "Account",
        "embeds": "Embeds",
        "albums": "Albums",
    }.get(section, "Images")


def path_parameters(route: Route) -> list[Schema]:
    """The parameters within a route's path."""
    found = []
    for name in re.findall(r"\{(\w+)\}", route.path):
        example = example_id(route.path, name)
        schema: Schema = {"type": "string", "pattern": f"^{MEDIA_ID.pattern}$"}
        if isinstance(example, int):
            schema = {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}
        found.append(
            {"name": name, "in": "path", "required": True, "schema": schema, "example": example}
        )
    return found


def health_paths() -> Schema:
    """/healthz and /readyz."""
    status = {"type": "string", "enum": ["ok", "unavailable"]}
    lives = {
        "type": "object",
        "properties": {"status": {"const": "ok"}},
        "required": ["status"],
        "additionalProperties": False,
    }
    ready = {
        "type": "object",
        "properties": {"status": status},
        "required": ["status"],
        "additionalProperties": {
            "type": "string",
            "description": "Of each part `ok`, or what is wrong with it: `database`, `storage`, "
            "`work` (the folder that uploads are received in). `redis` is shown where it is "
            "used; it may be away without making the server unready.",
        },
    }
    return {
        "/healthz": {
            "get": {
                "operationId": "healthz",
                "tags": ["Server"],
                "summary": "Whether the process lives",
                "security": [],
                "responses": {"200": _answer("It lives.", lives)},
            }
        },
        "/readyz": {
            "get": {
                "operationId": "readyz",
                "tags": ["Server"],
                "summary": "Whether all that requests need is within reach",
                "security": [],
                "responses": {
                    "200": _answer("It is.", ready),
                    "503": _answer("Some of it is not.", ready, "Retry-After"),
                },
            }
        },
    }


def _answer(description: str, schema: Schema, *headers: str) -> Schema:
    names = ("X-Request-Id", *headers)
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {"application/json": {"schema": schema}},
    }
