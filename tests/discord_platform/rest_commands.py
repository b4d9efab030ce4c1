"""Commands over REST: registered, listed, changed, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_platform import bodies
from discord_platform.refusals import missing_access, unknown
from discord_platform.rules.commands import check_command, check_commands

if TYPE_CHECKING:
    from aiohttp import web
    from discord_platform.stand_in import Discord

DEFAULTS = {
    "type": 1,
    "description": "",
    "options": [],
    "default_member_permissions": None,
    "nsfw": False,
    "name_localizations": None,
    "description_localizations": None,
}


def scope_of(discord: Discord, request: web.Request) -> dict[str, dict]:
    """The commands that a request is about, by their ids: all servers', or one server's."""
    if request.match_info["app"] != discord.app.id:
        raise missing_access()
    number = request.match_info.get("guild")
    if number is not None and (number not in discord.guilds or not discord.guilds[number].has_bot):
        raise missing_access()
    return discord.app.commands.setdefault(number, {})


def _made(discord: Discord, request: web.Request, given: dict, number: str) -> dict:
    guild = request.match_info.get("guild")
    made = DEFAULTS | given
    made |= {"id": number, "application_id": discord.app.id, "version": discord.ids.new()}
    if guild is not None:
        return made | {"guild_id": guild}
    made["integration_types"] = made.get("integration_types") or [0, 1]  # as the application has
    made.setdefault("contexts", None)
    return made | {"dm_permission": made["contexts"] is None or 1 in made["contexts"]}


async def listed(discord: Discord, request: web.Request) -> list[dict]:
    return list(scope_of(discord, request).values())


async def overwrite(discord: Discord, request: web.Request) -> list[dict]:
    scope, given = scope_of(discord, request), (await bodies.read(request, 0, of=list)).payload
    check_commands(given, in_guild="guild" in request.match_info)
    known = {(one["name"], one["type"]): one["id"] for one in scope.values()}
    numbers = [known.get((one["name"], one.get("type", 1))) or discord.ids.new() for one in given]
    made = [
        _made(discord, request, one, number) for one, number in zip(given, numbers, strict=True)
    ]
    scope.clear()
    scope |= {one["id"]: one for one in made}
    discord.changed.fire()
    return made


async def create(discord: Discord, request: web.Request) -> tuple[int, dict]:
    scope, given = scope_of(discord, request), (await bodies.read(request, 0)).payload
    check_command(given, in_guild="guild" in request.match_info)
    key = (given["name"], given.get("type", 1))
    same = next((one["id"] for one in scope.values() if (one["name"], one["type"]) == key), None)
    number = same or discord.ids.new()
    scope[number] = _made(discord, request, given, number)
    discord.changed.fire()
    return (200 if same else 201), scope[number]


async def one(discord: Discord, request: web.Request) -> dict:
    found = scope_of(discord, request).get(request.match_info["command"])
    if found is None:
        raise unknown("application command", 10063)
    return found


async def change(discord: Discord, request: web.Request) -> dict:
    found = await one(discord, request)
    changed = found | (await bodies.read(request, 0)).payload
    check_command(changed, in_guild="guild" in request.match_info)
    found |= _made(discord, request, changed, found["id"])
    discord.changed.fire()
    return found


async def remove(discord: Discord, request: web.Request) -> None:
    scope_of(discord, request).pop((await one(discord, request))["id"])
    discord.changed.fire()


ROUTES = [
    route
    for base in ("/applications/{app}/commands", "/applications/{app}/guilds/{guild}/commands")
    for route in (
        ("GET", base, listed),
        ("PUT", base, overwrite),
        ("POST", base, create),
        ("GET", f"{base}/{{command}}", one),
        ("PATCH", f"{base}/{{command}}", change),
        ("DELETE", f"{base}/{{command}}", remove),
    )
]
