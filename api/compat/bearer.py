"""Callers by `Authorization: Bearer KEY`, as most dialects have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.identity import anonymous, bearer_token
from api.keys import CORE

if TYPE_CHECKING:
    from aiohttp import web

    from core.model import Caller


async def by_bearer(request: web.Request) -> Caller:
    """The team behind an API key; without one the address.

    Raises:
        Unauthenticated: a key was sent that is not good.
        Banned: its user is banned.
    """
    token = bearer_token(request)
    return anonymous(request) if token is None else await request.app[CORE].access.identify(token)
