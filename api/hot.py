"""What is asked for most, answered before the application is entered: that takes half as long.

It is a public picture by its own address, as a whole, whose row and bytes are in memory.
Whatever is less simple goes the long way, by `files.py`, which gives the same answer.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from api.file_headers import file_headers
from api.identity import stranger
from api.keys import CORE, METRICS
from api.middleware import observed, stamp_headers
from api.sending import send_whole
from api.views import looks
from core.ids import MEDIA_ID

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from core.services.delivery import Offer

    Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

ROUTE = "/{id}.{ext}"
"""As the application would name it in logs and metrics."""

_PATH = re.compile(rf"/({MEDIA_ID.pattern})\.([a-z]{{1,8}})")
_ASKING_MORE = (
    "Authorization",
    "Expect",
    "If-Modified-Since",
    "If-None-Match",
    "Range",
)
"""Headers that make another answer possible."""


def hot_first(app: web.Application, handle: Handler) -> Handler:
    """Answer what is hot; `handle` answers all else."""
    core, metrics = app[CORE], app[METRICS]
    delivery, views, clock = core.delivery, core.views, core.clock
    trusted, patience = core.settings.trusted_proxies, core.settings.stall_timeout

    async def give(request: web.BaseRequest, offer: Offer, data: bytes) -> web.StreamResponse:
        if looks(request):
            views.note(offer.media, stranger(request, trusted).subject)
        headers = file_headers(offer, clock.now(), attached=False, bare=False)
        stamp_headers(request, headers)
        return await send_whole(request, 200, headers, data, patience)

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        path = _PATH.fullmatch(request.raw_path)
        if path is None or request.method != "GET" or _asks_more(request):
            return await handle(request)
        found = delivery.at_hand(path[1], path[2])
        if found is None:
            return await handle(request)
        offer, held = found
        return await observed(request, give(request, offer, held.data), metrics, ROUTE)

    return answer


def _asks_more(request: web.BaseRequest) -> bool:
    return any(name in request.headers for name in _ASKING_MORE)
