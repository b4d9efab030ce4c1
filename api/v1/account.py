"""/v1/usage and /v1/keys."""

from __future__ import annotations

from aiohttp import web

from api.body import read_json
from api.identity import identify
from api.keys import CORE
from api.v1.models import KeyRequest
from api.v1.parsing import parse
from api.v1.shapes import key_json, new_key_json, usage_json
from core.errors import NotFound
from core.ids import row_number
from core.model import Ability


async def get_usage(request: web.Request) -> web.Response:
    """The team's use of its plan."""
    core = request.app[CORE]
    caller = await identify(request, Ability.READ, key_needed=True)
    used = await core.quotas.usage(caller)
    return web.json_response(usage_json(core.access.plan_of(caller), used))


async def list_keys(request: web.Request) -> web.Response:
    """The team's keys."""
    caller = await identify(request, Ability.ALL, key_needed=True)
    keys = await request.app[CORE].accounts.list_keys(caller)
    return web.json_response({"data": [key_json(key) for key in keys]})


async def create_key(request: web.Request) -> web.Response:
    """One more key; its token is shown this once."""
    caller = await identify(request, Ability.ALL, key_needed=True)
    asked = parse(KeyRequest, await read_json(request))
    new = await request.app[CORE].accounts.add_key(caller, asked.name, asked.abilities)
    return web.json_response(new_key_json(new), status=201)


async def delete_key(request: web.Request) -> web.Response:
    """Make a key worthless."""
    caller = await identify(request, Ability.ALL, key_needed=True)
    key_id = row_number(request.match_info["id"])
    if key_id is None:
        raise NotFound("There is no such key.")
    await request.app[CORE].accounts.revoke_key(caller, key_id)
    return web.Response(status=204)
