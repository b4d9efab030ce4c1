"""The pages of accounts and reports, one row each. No page's name may look like an image's id."""

from __future__ import annotations

from aiohttp import web

from api.accounts import chat, enrolment, images, keys, login, reports
from core.ids import MEDIA_ID

_REPORT = f"/{{id:{MEDIA_ID.pattern}}}/report"

ACCOUNTS = [
    web.get("/auth/register", enrolment.ask_account),
    web.post("/auth/register", enrolment.register),
    web.get("/auth/verify", enrolment.show_link),
    web.post("/auth/verify", enrolment.complete),
    web.get("/auth/confirm", enrolment.ask_confirmation),
    web.post("/auth/confirm", enrolment.confirm),
    web.get("/auth/reset", enrolment.ask_password),
    web.post("/auth/reset", enrolment.reset),
    web.get("/auth/login", login.ask),
    web.post("/auth/login", login.sign_in),
    web.post("/auth/logout", login.sign_out),
    web.get("/auth/chat", chat.show_link),
    web.post("/auth/chat", chat.sign_in),
    web.get("/images", images.show),
    web.get("/keys", keys.show),
    web.post("/keys", keys.create),
    web.post("/keys/{id:[0-9]+}/revoke", keys.revoke),
    web.get(_REPORT, reports.ask),
    web.post(_REPORT, reports.report),
]
