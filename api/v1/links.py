"""/v1/media/{id}/links: links with dimensions, for private images, and with expiry."""

from __future__ import annotations

from aiohttp import web

from api.body import read_json
from api.identity import identify
from api.keys import CORE, URLS
from api.v1.link_models import LinkRequest
from api.v1.parsing import parse
from core.imaging.transforms.recipe import Recipe
from core.model import Ability


async def create_link(request: web.Request) -> web.Response:
    """Sign a link to an image. One to your private image opens it for whoever has the link."""
    caller = await identify(request, Ability.WRITE, key_needed=True)
    links, urls = request.app[CORE].links, request.app[URLS]
    asked = parse(LinkRequest, await read_json(request)).model_dump(exclude_unset=True)
    life = asked.pop("expires_in", None)
    recipe = Recipe.read(asked.items())
    signed = await links.sign(request.match_info["id"], recipe, life, caller)
    shown: dict[str, str | int] = {
        "link": f"{urls.link(signed.media)}?{signed.query}",
        "src": f"{urls.src(signed.media, signed.output)}?{signed.query}",
    }
    if signed.until:
        shown["expires_at"] = int(signed.until.timestamp())
    return web.json_response(shown)
