"""The API's description for machines."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from api.docs.send import send
from api.keys import URLS
from api.v1.openapi import document, to_json, to_yaml

if TYPE_CHECKING:
    from aiohttp import web

_ANYBODY = {"Access-Control-Allow-Origin": "*"}


async def openapi_json(request: web.Request) -> web.Response:
    """The OpenAPI document as JSON."""
    return send(request, _json(*_bases(request)), "application/json", _ANYBODY)


async def openapi_yaml(request: web.Request) -> web.Response:
    """The OpenAPI document as YAML (RFC 9512's media type)."""
    return send(request, _yaml(*_bases(request)), "application/yaml", _ANYBODY)


def _bases(request: web.Request) -> tuple[str, str, str]:
    urls = request.app[URLS]
    return urls.api, urls.public, urls.media


# Written once: hundreds of kilobytes, for which everybody else would wait.


@lru_cache(maxsize=4)
def _json(api: str, public: str, media: str) -> str:
    return to_json(document(api, public, media))


@lru_cache(maxsize=4)
def _yaml(api: str, public: str, media: str) -> str:
    return to_yaml(document(api, public, media))
