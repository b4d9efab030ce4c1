"""Callers of imglink.cc's API: by `X-API-Key`, or by `Authorization: Bearer`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.identity import anonymous, bearer_token
from api.keys import CORE
from core.errors import Unauthenticated
from core.services.access import user_caller
from core.services.tokens import looks_like_token

if TYPE_CHECKING:
    from aiohttp import web

    from core.bootstrap import Core
    from core.model import Caller

KEY_HEADER = "X-API-Key"


async def identify(request: web.Request) -> Caller:
    """The caller by their key, else by their token, else by their address.

    Raises:
        Unauthenticated: something was sent that is not good, be it beside something that is.
        Banned: its user is banned.
    """
    core = request.app[CORE]
    key, bearer = api_key(request), bearer_token(request)
    found = None if bearer is None else await _bearer(core, bearer)
    if key is not None:
        found = await core.access.identify(key)
    return found or anonymous(request)


def key_sent(request: web.Request) -> str | None:
    """The API key that the caller has sent, in whichever header; None: none, or a token."""
    key, bearer = api_key(request), bearer_token(request)
    return bearer if key is None and bearer and not looks_like_token(bearer) else key


def api_key(request: web.Request) -> str | None:
    """What `X-API-Key` carries; None where no such header was sent.

    Raises:
        Unauthenticated: several were.
    """
    given = request.headers.getall(KEY_HEADER, [])
    if len(given) > 1:
        raise Unauthenticated
    return given[0].strip() if given else None


async def _bearer(core: Core, bearer: str) -> Caller:
    if not looks_like_token(bearer):
        return await core.access.identify(bearer)
    found = await core.tokens.find(bearer)
    return user_caller(found.user, found.team)
