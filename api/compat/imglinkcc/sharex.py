"""The custom uploader of ShareX for imglink.cc's API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import sharex
from api.compat.imglinkcc.callers import KEY_HEADER, key_sent
from api.compat.imglinkcc.shapes import PREFIX
from api.keys import URLS
from core.embeds import SITE

if TYPE_CHECKING:
    from aiohttp import web


async def get_uploader(request: web.Request) -> web.Response:
    """A file for ShareX, with the key that asks for it filled in, else a placeholder."""
    uploader = sharex.Uploader(
        Name=f"{SITE} (imglink.cc)",
        RequestURL=f"{request.app[URLS].api}{PREFIX}/api/v1/upload",
        Headers={KEY_HEADER: sharex.filled(key_sent(request))},
        URL="{json:viewer}",
        ThumbnailURL="{json:thumbnail}",
        DeletionURL="{json:delete}",
        ErrorMessage="{json:error}",
    )
    return sharex.file(uploader, "imglink.cc")
