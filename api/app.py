"""The application: every route, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from api import files, health, middleware
from api.accounts.routes import ACCOUNTS
from api.compat.registry import mount_all
from api.docs.routes import DOCS
from api.keys import CORE, METRICS, URLS
from api.metrics import Metrics
from api.v1.routes import ROUTES
from api.viewer.routes import PAGES

if TYPE_CHECKING:
    from core.bootstrap import Core


def make_app(core: Core) -> web.Application:
    """The HTTP face of a core."""
    app = web.Application(
        middlewares=[middleware.observe, middleware.catch], client_max_size=1 << 20
    )
    app[CORE] = core
    app[METRICS] = Metrics()
    app[URLS] = core.urls
    app.on_response_prepare.append(middleware.stamp)
    # First, as it is asked for most: of the addresses without a folder each is tried in turn.
    app.router.add_get(files.PATH, files.serve_file)
    for route in ROUTES:
        app.router.add_route(route.method, route.pattern, route.handler)
        if route.method == "GET":
            app.router.add_route("HEAD", route.pattern, route.handler)
    app.router.add_get("/healthz", health.healthz)
    app.router.add_get("/readyz", health.readyz)
    app.router.add_get("/metrics", health.metrics)
    app.add_routes(DOCS)
    app.add_routes(ACCOUNTS)
    app.add_routes(PAGES)
    mount_all(app)
    return app
