"""/api/embeds of imglink.cc's API: embed profiles."""

from __future__ import annotations

from aiohttp import web

from api.body import read_json
from api.compat.imglinkcc import shapes
from api.compat.imglinkcc.sharing_models import ProfilePatch, ProfileRequest
from api.keys import CALLER, CORE
from api.v1.embeds import profile_id
from api.v1.parsing import parse
from core.embeds import Look
from core.services.embeds import Revision, look_fields


async def list_embeds(request: web.Request) -> web.Response:
    """The user's profiles, all of them."""
    found = await request.app[CORE].embeds.list_all(request[CALLER])
    profiles = [shapes.profile(profile) for profile in found]
    return web.json_response({"success": True, "profiles": profiles})


async def create_embed(request: web.Request) -> web.Response:
    """A new profile, up to 25 a user."""
    asked = parse(ProfileRequest, await read_json(request))
    look = Look(**look_fields(asked.model_dump(exclude={"name"})))
    made = await request.app[CORE].embeds.add(request[CALLER], asked.name, look, default=False)
    return web.json_response({"success": True, "profile": shapes.profile(made)}, status=201)


async def update_embed(request: web.Request) -> web.Response:
    """Change a profile, and so every preview that is made by it."""
    asked = parse(ProfilePatch, await read_json(request))
    sent = asked.model_dump(include=asked.model_fields_set)
    revision = Revision(sent.pop("name", None), look=look_fields(sent))
    embeds = request.app[CORE].embeds
    changed = await embeds.change(request[CALLER], profile_id(request), revision)
    return web.json_response({"success": True, "profile": shapes.profile(changed)})


async def delete_embed(request: web.Request) -> web.Response:
    """Drop a profile; its images fall back to the next in order."""
    await request.app[CORE].embeds.delete(request[CALLER], profile_id(request))
    return web.json_response({"success": True})
