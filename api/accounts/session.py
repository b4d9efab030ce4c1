"""Who is signed in, by the browser's cookie."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import web

from api.accounts import cookies
from api.identity import anonymous
from api.keys import CORE
from core.errors import Banned
from core.services.access import user_caller
from core.services.sessions import SESSION_LIFE

if TYPE_CHECKING:
    from core.accounts import SignedIn
    from core.model import Caller

HOME = "/keys"
"""Where people are sent who have signed in."""

_OWN_PATH = re.compile(r"/[A-Za-z0-9](?:[A-Za-z0-9_.-]|/(?=[A-Za-z0-9])){0,199}")


async def signed_in(request: web.Request) -> SignedIn | None:
    """Who is signed in; None: nobody.

    Raises:
        Banned: they are.
    """
    return await request.app[CORE].sessions.find(cookies.read(request, cookies.SESSION))


async def must_be_signed_in(request: web.Request) -> SignedIn:
    """Who is signed in; others are sent to the page where one does, and back from there.

    Raises:
        HTTPSeeOther: nobody is.
        Banned: they are.
    """
    found = await signed_in(request)
    if found is None:
        back = safe_path(request.path) if request.method == "GET" else HOME
        raise web.HTTPSeeOther(f"/auth/login?next={back}")
    return found


async def visitor(request: web.Request) -> Caller:
    """Who looks at a page: a team by its session, else an address.

    A banned person sees what strangers see.
    """
    if cookies.read(request, cookies.SESSION):
        with suppress(Banned):
            if found := await signed_in(request):
                return caller_of(found)
    return anonymous(request)


def caller_of(found: SignedIn) -> Caller:
    """A signed-in person as services know them."""
    return user_caller(found.user, found.team)


def begin(request: web.Request, response: web.Response, cookie: str) -> web.Response:
    """Have the browser keep a session."""
    seconds = int(SESSION_LIFE.total_seconds())
    cookies.write(request, response, cookies.SESSION, cookie, seconds)
    return response


def safe_path(path: str) -> str:
    """A path of this site to go on to; whatever else is asked for: home."""
    return path if _OWN_PATH.fullmatch(path) else HOME
