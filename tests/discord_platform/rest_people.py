"""Users, the application, servers and channels over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_platform import bodies
from discord_platform.refusals import missing_access, unknown, unknown_channel

if TYPE_CHECKING:
    from aiohttp import web
    from discord_platform.stand_in import Discord
    from discord_platform.world import Channel, Guild


async def gateway(discord: Discord, _: web.Request) -> dict:
    return {"url": discord.gateway.url}


async def gateway_bot(discord: Discord, _: web.Request) -> dict:
    limit = {
        "total": 1000,
        "remaining": 1000 - len(discord.gateway.identifies),
        "reset_after": 86_400_000,
        "max_concurrency": discord.gateway.max_concurrency,
    }
    shards = discord.gateway.shards
    return {"url": discord.gateway.url, "shards": shards, "session_start_limit": limit}


async def me(discord: Discord, _: web.Request) -> dict:
    return discord.app.account.data() | {"verified": True, "mfa_enabled": True, "flags": 0}


async def application(discord: Discord, _: web.Request) -> dict:
    return discord.app.data()


async def user(discord: Discord, request: web.Request) -> dict:
    found = discord.accounts.get(request.match_info["user"])
    if found is None:
        raise unknown("User", 10013)
    return found.data()


async def open_dm(discord: Discord, request: web.Request) -> dict:
    payload = (await bodies.read(request, 0)).payload
    account = discord.accounts.get(str(payload.get("recipient_id")))
    if account is None:
        raise unknown("User", 10013)
    return discord.dm_channel(account).data()


def guild_of(discord: Discord, request: web.Request) -> Guild:
    found = discord.guilds.get(request.match_info["guild"])
    if found is None:
        raise unknown("Guild", 10004)
    if not found.has_bot:
        raise missing_access()
    return found


def channel_of(discord: Discord, request: web.Request) -> Channel:
    """The channel of a request, which the bot must be a member of."""
    found = discord.channels.get(request.match_info["channel"])
    if found is None:
        raise unknown_channel()
    if not found.bot_may_read:
        raise missing_access()
    return found


async def guild(discord: Discord, request: web.Request) -> dict:
    return guild_of(discord, request).data()


async def guild_channels(discord: Discord, request: web.Request) -> list[dict]:
    return [channel.data() for channel in guild_of(discord, request).channels.values()]


async def guild_member(discord: Discord, request: web.Request) -> dict:
    found = guild_of(discord, request)
    number = request.match_info["user"]
    if number == discord.app.account.id:
        return found.member_with_user(discord.app.account)
    if number not in found.members:
        raise unknown("Member", 10007)
    return found.member_with_user(found.members[number][0])


async def channel(discord: Discord, request: web.Request) -> dict:
    return channel_of(discord, request).data()


ROUTES = [
    ("GET", "/gateway", gateway),
    ("GET", "/gateway/bot", gateway_bot),
    ("GET", "/users/@me", me),
    ("GET", "/users/{user}", user),
    ("POST", "/users/@me/channels", open_dm),
    ("GET", "/oauth2/applications/@me", application),
    ("GET", "/applications/@me", application),
    ("GET", "/guilds/{guild}", guild),
    ("GET", "/guilds/{guild}/channels", guild_channels),
    ("GET", "/guilds/{guild}/members/{user}", guild_member),
    ("GET", "/channels/{channel}", channel),
]
