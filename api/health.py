"""/healthz, /readyz, /metrics: for whoever runs the server."""

from __future__ import annotations

from aiohttp import web

from api.keys import CORE, METRICS


async def healthz(_request: web.Request) -> web.Response:
    """The process lives."""
    return web.json_response({"status": "ok"}, headers={"Cache-Control": "no-store"})


async def readyz(request: web.Request) -> web.Response:
    """Database and storage are within reach; 503 says which is not."""
    parts = await request.app[CORE].health.check()
    ready = all(said == "ok" for said in parts.values())
    body = {"status": "ok" if ready else "unavailable", **parts}
    headers = {"Cache-Control": "no-store"}
    if not ready:
        headers["Retry-After"] = "5"
    return web.json_response(body, status=200 if ready else 503, headers=headers)


async def metrics(request: web.Request) -> web.Response:
    """Numbers for Prometheus."""
    return web.Response(
        body=request.app[METRICS].render(),
        headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
    )
