"""The start page: what this is, and a place to drop a picture."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from api.identity import anonymous
from api.keys import CALLER, CORE, METRICS
from api.v1.uploads import receive
from api.viewer.render import page
from core.imaging.formats import BY_NAME

if TYPE_CHECKING:
    from aiohttp import web

SPANS = {
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
"""The lives that the form offers, as `ttl` has them; of these those that the plan allows."""


async def landing(request: web.Request) -> web.Response:
    """GET /."""
    core = request.app[CORE]
    plan = core.plans["anonymous"]
    shorter = {
        ttl: time for ttl, time in SPANS.items() if not plan.retention or time < plan.retention
    }
    return page(
        request,
        "landing.html",
        title="Drop a picture, get a link",
        open=core.settings.allow_anonymous,
        plan=plan,
        rate=core.settings.anonymous_rate,
        spans=shorter,
        store_pixels=core.settings.store_pixels,
        store_side=core.settings.store_side,
    )


async def drop(request: web.Request) -> web.Response:
    """POST /: the form as browsers without JavaScript send it.

    Raises:
        CoreError: see `receive`; the same rules and limits hold as for POST /v1/upload.
    """
    core = request.app[CORE]
    caller = anonymous(request)
    request[CALLER] = caller
    hosted = await receive(request, caller, may_be_empty=frozenset({"ttl"}))
    request.app[METRICS].hosted("page")
    response = page(
        request,
        "hosted.html",
        status=201,
        title="Here is your link",
        media=hosted.media,
        token=hosted.delete_token,
        kind=BY_NAME[hosted.media.format],
        left=hosted.media.expires_at and hosted.media.expires_at - core.clock.now(),
    )
    response.headers["Cache-Control"] = "no-store"  # it holds the delete token
    return response
