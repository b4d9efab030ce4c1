"""Whether a caller of a dialect may host, decided before a body is read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from api.keys import CALLER, CORE
from core.errors import RateLimited

if TYPE_CHECKING:
    from aiohttp import web

    from core.services.quotas import Admission


async def admit(request: web.Request, dialect: str) -> Admission:
    """What the caller may host, with the dialect's size of files; one image is counted.

    Raises:
        Unauthenticated: this server takes no anonymous uploads.
        RateLimited: the caller has uploaded as much as the dialect or this server allows.
        Unavailable: image work has a full queue.
    """
    core, caller = request.app[CORE], request[CALLER]
    uploads = await core.dialects.count_upload(dialect, caller)
    if uploads and not uploads.allowed:
        raise RateLimited(seconds=uploads.retry_after)
    admission = await core.quotas.admit(caller, await core.quotas.count_attempt(caller))
    core.uploads.refuse_if_full()
    return replace(admission, plan=core.dialects.plan(dialect, caller))


async def admit_more(request: web.Request, images: int) -> None:
    """Count the images of a request beyond its first, once it is known how many they are.

    Raises:
        RateLimited: the caller has uploaded as much as this server allows.
    """
    quotas, caller = request.app[CORE].quotas, request[CALLER]
    if images > 0 and caller.team is None:
        await quotas.admit(caller, await quotas.count_attempt(caller, images))
