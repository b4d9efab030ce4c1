"""The API's description for machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.docs.send import send
from api.keys import URLS
from api.v1.openapi import document, to_json, to_yaml

if TYPE_CHECKING:
    from aiohttp import web

    from api.v1.schemas import Schema

_ANYBODY = {"Access-Control-Allow-Origin": "*"}


async def openapi_json(request: web.Request) -> web.Response:
    """The OpenAPI document as JSON."""
    return send(request, to_json(_document(request)), "application/json", _ANYBODY)


async def openapi_yaml(request: web.Request) -> web.Response:
    """The OpenAPI document as YAML (RFC 9512's media type)."""
    return send(request, to_yaml(_document(request)), "application/yaml", _ANYBODY)


def _document(request: web.Request) -> Schema:
    urls = request.app[URLS]
    return document(urls.api, urls.public, urls.media)
