"""Signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.accounts import cookies, session
from api.accounts.forms import form_page, read_form, see
from api.identity import anonymous
from api.keys import CORE
from core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web


async def ask(request: web.Request) -> web.Response:
    """GET /auth/login; `?next=` says where to go from there."""
    onward = session.safe_path(request.query.get("next", session.HOME))
    if await session.signed_in(request):
        return see(onward)
    return _page(request, onward)


async def sign_in(request: web.Request) -> web.Response:
    """POST /auth/login, with `email`, `password` and perhaps `next`.

    Raises:
        Banned: the user is.
        RateLimited: too many attempts.
    """
    core = request.app[CORE]
    fields = await read_form(request)
    onward = session.safe_path(fields.get("next", session.HOME))
    email = fields.get("email", "")
    try:
        cookie = await core.sign_in.sign_in(email, fields.get("password", ""), anonymous(request))
    except InvalidInput as err:
        return _page(request, onward, email, err.errors, status=422)
    await core.sessions.end(cookies.read(request, cookies.SESSION))
    return session.begin(request, see(onward), cookie)


async def sign_out(request: web.Request) -> web.Response:
    """POST /auth/logout: this browser, or with `everywhere` all of them."""
    core = request.app[CORE]
    fields = await read_form(request)
    cookie = cookies.read(request, cookies.SESSION)
    if "everywhere" in fields and (found := await session.signed_in(request)):
        await core.sessions.end_all(found.user.id)
    await core.sessions.end(cookie)
    response = see("/auth/login")
    cookies.forget(request, response, cookies.SESSION)
    return response


def _page(
    request: web.Request,
    onward: str,
    email: str = "",
    errors: Mapping[str, list[str]] | None = None,
    status: int = 200,
) -> web.Response:
    return form_page(
        request,
        "login.html",
        status=status,
        title="Sign in",
        next=onward,
        email=email,
        errors=errors or {},
        registration=request.app[CORE].enrolment.registration,
    )
