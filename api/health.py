"""/healthz, /readyz, /metrics: for whoever runs the server."""

from __future__ import annotations

from aiohttp import web

from api.keys import CORE, METRICS

ALIVE = "/healthz"


async def healthz(_request: web.Request) -> web.Response:
    """The process lives."""
    return web.json_response({"status": "ok"}, headers={"Cache-Control": "no-store"})


async def readyz(request: web.Request) -> web.Response:
    """Show each part; 503 if one is away that requests can't do without."""
    found = await request.app[CORE].health.check()
    body = {"status": "ok" if found.ready else "unavailable", **found.parts}
    headers = {"Cache-Control": "no-store"}
    if not found.ready:
        headers["Retry-After"] = "5"
    return web.json_response(body, status=200 if found.ready else 503, headers=headers)


async def metrics(request: web.Request) -> web.Response:
    """Numbers for Prometheus."""
    return web.Response(
        body=request.app[METRICS].render(),
        headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
    )
