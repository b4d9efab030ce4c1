"""The plans, and how an account is got."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.keys import CORE, URLS
from api.viewer.render import page
from core.errors import NotFound

if TYPE_CHECKING:
    from aiohttp import web

    from core.model import Plan, Team, Usage


async def pricing(request: web.Request) -> web.Response:
    """/pricing; with `?team=` of an upgrade link also where that team stands."""
    core = request.app[CORE]
    token = request.query.get("team")
    standing = await _standing(request, token) if token is not None else None
    response = page(
        request,
        "pricing.html",
        title="Plans",
        plans=[
            plan
            for plan in core.plans.values()
            if plan.offered and (plan.id != "anonymous" or core.settings.allow_anonymous)
        ],
        rate=core.settings.anonymous_rate,
        asked=token is not None,
        standing=standing,
    )
    if token is not None:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
    return response


async def _standing(request: web.Request, token: str) -> tuple[Team, Plan, Usage] | None:
    """The team of an upgrade link; None if the link is forged or too old, or the team is gone."""
    team_id = request.app[URLS].team_of_upgrade(token)
    if team_id is None:
        return None
    try:
        return await request.app[CORE].accounts.standing(team_id)
    except NotFound:
        return None
