"""The Bot API: one door for the token, trouble and errors, then a table of methods."""

from __future__ import annotations

import hmac
import re
import traceback
from typing import TYPE_CHECKING

from aiohttp import web
from telegram_platform import bodies
from telegram_platform.methods import (
    answering,
    changing,
    commanding,
    people,
    sending,
    updating,
)
from telegram_platform.refusals import Complaint, Refused, bad
from telegram_platform.troubles import CUT, reply

if TYPE_CHECKING:
    from telegram_platform.stand_in import Telegram

TABLE = {
    name.lower(): (name, handler)
    for module in (updating, people, sending, changing, answering, commanding)
    for name, handler in module.METHODS.items()
}
TOKEN = re.compile(r"\d{1,16}:[A-Za-z0-9_-]{30,}")
AFTER_LOG_OUT = {"logout", "close"}


def application(telegram: Telegram) -> web.Application:
    """The whole platform as one server."""
    app = web.Application(client_max_size=bodies.REQUEST_MAX + (1 << 20))
    door = Door(telegram)
    app.router.add_get(r"/file/bot{token:[^/]+}/{path:.+}", door.download)
    app.router.add_route("*", r"/bot{token:[^/]+}/{method:[^/]*}", door.call)
    app.router.add_route("*", "/{rest:.*}", _nothing)
    return app


async def _nothing(_: web.Request) -> web.Response:
    return reply(Refused(404, "Not Found").body(), 404)


class Door:
    """What every request passes."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram

    async def call(self, request: web.Request) -> web.StreamResponse:
        asked = request.match_info["method"].lower()
        telegram = self.telegram
        trouble = await telegram.troubles.meet(request)
        if trouble is not None:
            return trouble
        name = asked
        try:
            self._authorize(request)
            if asked not in TABLE:
                raise Refused(404, "Not Found: method not found")
            if telegram.logged_out and asked not in AFTER_LOG_OUT:
                raise bad("Logged out")
            name, handler = TABLE[asked]
            telegram.calls[name] += 1
            telegram.called.fire()
            form = await bodies.read(request)
            form.values["still_there"] = lambda: not _gone(request)
            body, status = {"ok": True, "result": await handler(telegram, form)}, 200
        except Refused as refused:
            if refused.blame:
                telegram.complain(Complaint(name, refused.status, refused.description))
            body, status = refused.body(), refused.status
        except Exception as fault:  # of the stand-in, or a body that it never thought of
            traceback.print_exc()
            telegram.complain(Complaint(name, 500, repr(fault)))
            body, status = Refused(500, "Internal Server Error").body(), 500
        if request.get(CUT) and request.transport is not None:
            request.transport.abort()
        return reply(body, status)

    async def download(self, request: web.Request) -> web.StreamResponse:
        trouble = await self.telegram.troubles.meet(request)
        if trouble is not None:
            return trouble
        try:
            self._authorize(request)
        except Refused as refused:
            return reply(refused.body(), refused.status)
        return await self.telegram.files.serve(request)

    def _authorize(self, request: web.Request) -> None:
        given = request.match_info["token"]
        if not TOKEN.fullmatch(given):
            raise Refused(404, "Not Found", blame=False)
        if not hmac.compare_digest(given, self.telegram.token):
            raise Refused(401, "Unauthorized", blame=False)


def _gone(request: web.Request) -> bool:
    return request.transport is None or request.transport.is_closing()
