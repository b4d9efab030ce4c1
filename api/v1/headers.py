"""Quota and rate-limit headers of answers to uploads and imports, refusals included."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

from api.keys import CALLER, CORE, RATE
from core.errors import CoreError

if TYPE_CHECKING:
    from aiohttp import web

    from core.model import RateVerdict

METERED = frozenset({"/v1/upload", "/v1/import"})
WAIT = 1.0
"""Seconds that an answer waits for its headers; a database that hangs gives none."""

_DAY = 86_400


async def add_quota_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Tell a team its quota, and an anonymous caller its rate, as they are after the request."""
    if request.path not in METERED or request.method != "POST":
        return
    if response.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return  # it may be the database that is away, and the request has waited for it once
    caller = request.get(CALLER)
    if caller and caller.team:
        with suppress(CoreError, TimeoutError):  # the answer itself is worth more
            async with asyncio.timeout(WAIT):
                response.headers.update(await _quota(request))
    elif verdict := request.get(RATE):
        response.headers.update(_rate(verdict))


async def _quota(request: web.Request) -> dict[str, str]:
    core, caller = request.app[CORE], request[CALLER]
    plan = core.access.plan_of(caller)
    used = await core.quotas.usage(caller)
    headers = {
        "X-Monthly-Uploads-Used": str(used.uploads),
        "X-Storage-Used": str(used.storage_bytes),
    }
    if plan.uploads_month is not None:
        headers["X-Monthly-Uploads-Limit"] = str(plan.uploads_month)
        headers["X-Monthly-Uploads-Remaining"] = str(max(0, plan.uploads_month - used.uploads))
    if plan.storage is not None:
        headers["X-Storage-Limit"] = str(plan.storage)
        headers["X-Storage-Remaining"] = str(max(0, plan.storage - used.storage_bytes))
    return headers


def _rate(verdict: RateVerdict) -> dict[str, str]:
    shortest = verdict.windows[0]
    headers = {
        "X-RateLimit-Limit": str(shortest.limit),
        "X-RateLimit-Remaining": str(shortest.remaining),
        "X-RateLimit-Reset": str(max(shortest.reset_at, int(time.time()))),
    }
    daily = next((window for window in verdict.windows if window.seconds == _DAY), None)
    if daily:
        headers["X-RateLimit-Limit-Daily"] = str(daily.limit)
        headers["X-RateLimit-Remaining-Daily"] = str(daily.remaining)
    return headers
