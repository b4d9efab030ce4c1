"""The application: every route, in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from api import files, health, middleware
from api.accounts.routes import ACCOUNTS
from api.compat.registry import DIALECTS, mount_all
from api.docs.routes import DOCS
from api.keys import CORE, METRICS, URLS
from api.metrics import Metrics
from api.v1.routes import ROUTES
from api.viewer.routes import PAGES
from core.ids import MEDIA_ID

if TYPE_CHECKING:
    from core.bootstrap import Core


def make_app(core: Core) -> web.Application:
    """The HTTP face of a core."""
    app = empty_app(core)
    _add_routes(app)
    mount_all(app)
    return app


def empty_app(core: Core) -> web.Application:
    """One that answers nothing yet; what it will, it logs, counts and refuses as the face does."""
    app = web.Application(
        middlewares=[middleware.observe, middleware.catch], client_max_size=1 << 20
    )
    app[CORE] = core
    app[METRICS] = Metrics()
    app[URLS] = core.urls
    app.on_response_prepare.append(middleware.stamp)
    return app


def begins_as_ours(path: str) -> bool:
    """Whether some address of the face has the first part of this path, or an image might."""
    app = web.Application()
    _add_routes(app)
    ours = {_first(resource.canonical) for resource in app.router.resources()}
    ours |= {_first(dialect.prefix) for dialect in DIALECTS}
    first = _first(path)
    return first in ours or MEDIA_ID.fullmatch(first.partition(".")[0]) is not None


def _first(path: str) -> str:
    return path.split("/")[1]


def _add_routes(app: web.Application) -> None:
    # First, as it is asked for most: of the addresses without a folder each is tried in turn.
    app.router.add_get(files.PATH, files.serve_file)
    for route in ROUTES:
        app.router.add_route(route.method, route.pattern, route.handler)
        if route.method == "GET":
            app.router.add_route("HEAD", route.pattern, route.handler)
    app.router.add_get(health.ALIVE, health.healthz)
    app.router.add_get("/readyz", health.readyz)
    app.router.add_get("/metrics", health.metrics)
    app.add_routes(DOCS)
    app.add_routes(ACCOUNTS)
    app.add_routes(PAGES)
