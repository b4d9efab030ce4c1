"""The texts of the documentation, filled in from the tables that the code itself obeys."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from api.docs import transforms
from api.docs.fields import query_rows, request_rows, response_rows
from api.errors import EDGE_CODES, status_of
from api.v1 import models
from api.v1.examples import ID, REQUESTS, anonymous_example, example_id, examples
from api.v1.failures import classes, edge_body, example_body, failures_of
from api.v1.openapi_parts import HEADERS, QUOTA_HEADERS, RATE_HEADERS
from api.v1.routes import ROUTES
from core import errors, fields, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.route import Route
    from core.bootstrap import Core
    from core.urls import Urls

FOLDER = Path(__file__).parent / "text"
_NEEDS = {
    "key": "needed",
    "optional": "if you have one",
    "key or token": "needed, or `X-Delete-Token`",
    "key or password": "if you have one; `X-Album-Password` where the album has one",
}
UNSEEN = frozenset({errors.Conflict, errors.OperationFailed, errors.IdTaken, errors.DatabaseNewer})
"""Classes that no client is told of: mere parents, what is mended at once, what stops a start."""

_EDGE_ADVICE = {
    "bad_request": "Send well-formed HTTP.",
    "not_found": "Check the address; there is no slash at its end.",
    "method_not_allowed": "Use a method that the header `Allow` names.",
    "request_timeout": "Send the body without long pauses; try again.",
    "range_not_satisfiable": "Ask for a range within the size that `Content-Range` tells.",
    "expectation_failed": "Leave the header `Expect` out.",
    "not_implemented": "Ask for one of these two formats.",
}

_EDGE_NAMES = {"not_found": "No such address"}
"""Where a code's own name is that of one of the core's errors."""


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One thing that can go wrong; `body` is an example of what is sent."""

    name: str
    code: str
    status: int
    sentence: str
    advice: str
    body: dict[str, Any]


def error_rows(public_base: str) -> list[ErrorRow]:
    """Every error that a client may be told, by status: the core's tree and the HTTP layer's."""
    rows = [
        ErrorRow(
            _spoken(kind.code if kind is errors.CoreError else kind.__name__),
            kind.code,
            status_of(kind),
            kind.sentence,
            kind.advice,
            example_body(kind, public_base),
        )
        for kind in classes()
        if kind not in UNSEEN
    ]
    rows += [
        ErrorRow(
            _EDGE_NAMES.get(code) or _spoken(code),
            code,
            status,
            sentence,
            _EDGE_ADVICE[code],
            edge_body(code),
        )
        for code, (status, sentence) in EDGE_CODES.items()
    ]
    return sorted(rows, key=lambda row: (row.status, row.code))


def _spoken(name: str) -> str:
    """A class's or a code's name as words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name).capitalize()


def text(name: str, core: Core, urls: Urls) -> str:
    """A page's Markdown: `reference`, `quick-start`, `errors`, `transforms` or `ai-agents`."""
    return _templates().get_template(f"{name}.md").render(_values(core, urls))


def _values(core: Core, urls: Urls) -> dict[str, Any]:
    settings = core.settings
    rates = {plan.requests_minute for plan in core.plans.values() if plan.id != "anonymous"}
    return {
        "urls": urls,
        "routes": ROUTES,
        "needs": _NEEDS,
        "rules": fields,
        "reserved": ", ".join(f"`{name}`" for name in sorted(fields.RESERVED_NAMES)),
        "limits": settings.image_limits,
        "plans": [plan for plan in core.plans.values() if plan.offered],
        "anonymous_plan": core.plans["anonymous"],
        "anonymous_rate": words.rate(settings.anonymous_rate) if settings.allow_anonymous else None,
        "requests_minute": rates.pop() if len(rates) == 1 else None,
        "metadata_keep": settings.metadata_keep,
        "import_ports": ", ".join(map(str, settings.import_ports)),
        "id": ID,
        "hosted": models.HostedObject,
        "examples": examples(urls.public, urls.media),
        "anonymous": anonymous_example(urls.public, urls.media),
        "image_rows": response_rows(_route("GET", "/v1/media/{id}")),
        "headers": HEADERS,
        "errors": error_rows(urls.public),
        "error_example": example_body(errors.QuotaExceeded, urls.public),
        "tool": _tool(),
        "links": _route("POST", "/v1/media/{id}/links"),
        **transforms.values(core, urls),
    }


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(("html",)),  # Markdown is escaped where it becomes HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "cell": lambda found: str(found).replace("|", "\\|").replace("\n", " "),
        "megapixels": words.megapixels,
        "size": words.size,
        "span": words.span,
        "tojson": lambda found, indent: json.dumps(found, indent=indent, ensure_ascii=False),
    }
    environment.globals |= {
        "ability": _ability,
        "curl": curl,
        "failures": _failures,
        "header_on": _header_on,
        "query_rows": query_rows,
        "request_rows": request_rows,
        "takes_attribution": _takes_attribution,
    }
    return environment


def curl(route: Route, base: str) -> str:
    """The command that calls a route."""
    path = re.sub(r"\{(\w+)\}", lambda found: str(example_id(route.path, found[1])), route.path)
    query = "?media=" + ID if path.endswith("/preview") else ""
    address = base + path + query
    method = "" if route.method == "GET" else f"-X {route.method} "
    lines = [f'curl {method}"{address}"', '-H "Authorization: Bearer YOUR_API_KEY"']
    if route.multipart:
        lines.append('-F "file=@photo.jpg"')
    elif route.request:
        lines.append('-H "Content-Type: application/json"')
        lines.append(f"-d '{json.dumps(REQUESTS[route.request])}'")
    return " \\\n  ".join(lines)


def _route(method: str, path: str) -> Route:
    return next(route for route in ROUTES if (route.method, route.path) == (method, path))


def _ability(route: Route) -> str:
    if route.path.startswith("/v1/keys"):
        return "`*`"
    return "`read`" if route.method == "GET" else "`write`"


def _takes_attribution(route: Route) -> bool:
    return bool(route.request and route.request.model_config.get("extra") == "allow")


def _failures(route: Route) -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """Status to codes, and to each code's sentences."""
    told: dict[int, dict[str, list[str]]] = {}
    for kind in failures_of(route):
        told.setdefault(status_of(kind), {}).setdefault(kind.code, []).append(kind.sentence)
    for status in sorted(told):
        yield status, [(code, " ".join(found)) for code, found in told[status].items()]


def _header_on(name: str) -> str:
    if name in QUOTA_HEADERS or name in RATE_HEADERS:
        return "upload, import"
    return {"X-Request-Id": "everything", "WWW-Authenticate": "401"}.get(name, "429, 503")


def _tool() -> dict[str, Any]:
    schema = models.ImportRequest.model_json_schema()
    kept = ("url", "caption", "ttl", "external_id")
    return {
        "name": "host_image",
        "description": "Fetches the image at a public address and gives a lasting link to it.",
        "parameters": {
            "type": "object",
            "properties": {
                name: {"type": "string", "description": _description(schema["properties"][name])}
                for name in kept
            },
            "required": ["url"],
        },
    }


def _description(schema: dict[str, Any]) -> str:
    for found in (schema, *schema.get("anyOf", ())):
        if "description" in found:
            return str(found["description"])
    raise KeyError("description")
