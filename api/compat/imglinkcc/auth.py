"""/api/auth of imglink.cc's API: accounts, and tokens to sign in with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from api.body import read_json
from api.compat.imglinkcc.models import Credentials
from api.compat.imglinkcc.shapes import time
from api.identity import anonymous
from api.keys import CORE, URLS
from api.v1.parsing import parse

if TYPE_CHECKING:
    from core.model import UserId

PLAN = "imglink_cc"
"""Of accounts that are made here."""


async def register(request: web.Request) -> web.Response:
    """Make an account; a mail asks for the address to be confirmed, which brings more storage."""
    asked = parse(Credentials, await read_json(request))
    urls = request.app[URLS]
    user_id, hashed = await request.app[CORE].enrolment.register(
        asked.email, asked.password, anonymous(request), PLAN, urls.confirm, urls.reset()
    )
    return await _signed_in(request, user_id, hashed, 201)


async def login(request: web.Request) -> web.Response:
    """Sign in."""
    asked = parse(Credentials, await read_json(request))
    user_id, hashed = await request.app[CORE].sign_in.check(
        asked.email, asked.password, anonymous(request)
    )
    return await _signed_in(request, user_id, hashed, 200)


async def _signed_in(
    request: web.Request, user_id: UserId, password_hash: str, status: int
) -> web.Response:
    made = await request.app[CORE].tokens.issue(user_id, password_hash)
    return web.json_response(
        {"token": made.token, "expires_at": time(made.expires_at)},
        status=status,
        headers={"Cache-Control": "no-store"},
    )
