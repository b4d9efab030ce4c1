"""The pages, one row each."""

from __future__ import annotations

from aiohttp import web

from api.viewer import pages
from api.viewer.render import FOLDER
from core.ids import MEDIA_ID

PAGES = [
    web.static("/static", FOLDER / "static"),
    web.get(f"/{{id:{MEDIA_ID.pattern}}}", pages.view),
]
