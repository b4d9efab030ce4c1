"""Deleting an anonymous upload with the token that its uploader was given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from api.body import read_fields
from api.identity import anonymous
from api.keys import CORE
from api.viewer.render import page
from core.errors import InvalidInput
from core.ids import MEDIA_ID

if TYPE_CHECKING:
    from aiohttp import web

_LINK = re.compile(rf"(?:.*/)?({MEDIA_ID.pattern})(?:\.[A-Za-z0-9]+)?(?:[?#].*)?", re.DOTALL)
_NO_LINK = "That is no link of a picture: it ends in ten letters and digits."


async def ask(request: web.Request) -> web.Response:
    """GET /delete: the form."""
    return page(request, "taking_back.html", title="Take a picture back", done=False)


async def take_back(request: web.Request) -> web.Response:
    """POST /delete, with the picture's `link` (or its id alone) and its `token`.

    Raises:
        InvalidInput: `link` is no link.
        NotFound: no such living picture.
        WrongDeleteToken: the token is another's.
    """
    fields = await read_fields(request)
    found = _LINK.fullmatch(fields.get("link", "").strip())
    if found is None:
        raise InvalidInput.on("link", _NO_LINK)
    token = fields.get("token", "").strip()
    await request.app[CORE].library.take_back(anonymous(request), found[1], token)
    response = page(request, "taking_back.html", title="Deleted", done=True)
    response.headers["Cache-Control"] = "no-store"
    return response
