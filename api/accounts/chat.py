"""Signing in by the link that a bot's `/login` gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.accounts import cookies, session
from api.accounts.forms import form_page, read_form, see
from api.keys import CORE
from core.errors import InvalidInput
from core.services.people import USED

if TYPE_CHECKING:
    from aiohttp import web

HOME = "/images"
"""Where people are sent who have come from a chat."""


async def show_link(request: web.Request) -> web.Response:
    """GET /auth/chat?token=: a button. Chats open links, too, and must not use them up."""
    token = request.query.get("token", "")
    if not await request.app[CORE].people.is_good(token):
        return _used(request)
    return form_page(request, "chat.html", title="Sign in", token=token)


async def sign_in(request: web.Request) -> web.Response:
    """POST /auth/chat, with `token`.

    Raises:
        Banned: the person is.
    """
    core = request.app[CORE]
    fields = await read_form(request)
    try:
        cookie = await core.people.sign_in(fields.get("token", ""))
    except InvalidInput:
        return _used(request)
    await core.sessions.end(cookies.read(request, cookies.SESSION))
    return session.begin(request, see(HOME), cookie)


def _used(request: web.Request) -> web.Response:
    return form_page(
        request, "chat.html", status=410, title="This link does not work", used=USED, token=None
    )
