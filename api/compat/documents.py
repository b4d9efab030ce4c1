"""A dialect's description for machines, below its prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from api.compat.openapi import document
from api.docs.send import send
from api.keys import URLS
from api.v1.openapi import to_json, to_yaml

if TYPE_CHECKING:
    from api.compat.dialect import Dialect


def routes(dialect: Dialect) -> list[web.RouteDef]:
    """`/openapi.json` and `/openapi.yaml`."""

    async def openapi_json(request: web.Request) -> web.Response:
        return send(request, to_json(document(dialect, request.app[URLS].api)), "application/json")

    async def openapi_yaml(request: web.Request) -> web.Response:
        return send(request, to_yaml(document(dialect, request.app[URLS].api)), "application/yaml")

    return [web.get("/openapi.json", openapi_json), web.get("/openapi.yaml", openapi_yaml)]
