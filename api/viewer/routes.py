"""The pages, one row each. No page's name may look like an image's id."""

from __future__ import annotations

from aiohttp import web

from api.viewer import albums, assets, landing, oembed, pages, pricing, taking_back
from core.ids import MEDIA_ID

_ALBUM = f"/a/{{id:{MEDIA_ID.pattern}}}"

PAGES = [
    web.get("/", landing.landing),
    web.post("/", landing.drop),
    web.get("/pricing", pricing.pricing),
    web.get("/delete", taking_back.ask),
    web.post("/delete", taking_back.take_back),
    web.get("/oembed", oembed.oembed),
    web.get("/favicon.ico", assets.serve_by_path),
    web.get("/robots.txt", assets.serve_by_path),
    web.get("/static/{name:.+}", assets.serve),
    web.get(_ALBUM, albums.view),
    web.post(_ALBUM, albums.unlock),
    web.get(f"/{{id:{MEDIA_ID.pattern}}}", pages.view),
]
