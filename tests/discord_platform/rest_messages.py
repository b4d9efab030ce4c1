"""Messages of channels over REST."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_platform import bodies
from discord_platform.composing import apply, blank
from discord_platform.messages import COMPONENTS_V2, Message
from discord_platform.refusals import (
    cannot_message,
    missing_permissions,
    no_reply_unseen,
    not_the_author,
    unknown_message,
)
from discord_platform.rest_people import channel_of
from discord_platform.rules.messages import check_edit, check_message
from discord_platform.world import PERMISSIONS

if TYPE_CHECKING:
    from aiohttp import web
    from discord_platform.stand_in import Discord
    from discord_platform.world import Channel

FILE_MAX = 10 << 20  # bytes, unless a server is boosted
SETTABLE = COMPONENTS_V2 | 1 << 2 | 1 << 12  # flags: no embeds, no notification


def need(channel: Channel, *names: str) -> None:
    """What the bot wants to do there must be allowed to it."""
    if channel.guild is not None:
        for name in names:
            if not channel.guild.bot_permissions & PERMISSIONS[name]:
                raise missing_permissions()
    elif not all(one.accepts_dms for one in channel.recipients):
        raise cannot_message()


def need_history(channel: Channel) -> None:
    """Who answers below a message has to be allowed to see it."""
    guild = channel.guild
    if guild and not guild.bot_permissions & PERMISSIONS["read_message_history"]:
        raise no_reply_unseen()


def message_of(channel: Channel, request: web.Request) -> Message:
    found = channel.messages.get(request.match_info["message"])
    if found is None or found.ephemeral:
        raise unknown_message()
    return found


def file_max(channel: Channel) -> int:
    return channel.guild.attachment_limit if channel.guild else FILE_MAX


async def listed(discord: Discord, request: web.Request) -> list[dict]:
    channel = channel_of(discord, request)
    need(channel, "view_channel")
    limit = int(request.query.get("limit", 50))
    seen = [one.data for one in channel.messages.values() if not one.ephemeral]
    before, after = request.query.get("before"), request.query.get("after")
    seen = [one for one in seen if before is None or int(one["id"]) < int(before)]
    seen = [one for one in seen if after is None or int(one["id"]) > int(after)]
    return seen[::-1][:limit]


async def one(discord: Discord, request: web.Request) -> dict:
    channel = channel_of(discord, request)
    need(channel, "view_channel")
    return message_of(channel, request).data


async def create(discord: Discord, request: web.Request) -> dict:
    channel = channel_of(discord, request)
    body = await bodies.read(request, file_max(channel))
    need(channel, "view_channel", "send_messages")
    if body.files:
        need(channel, "attach_files")
    if body.payload.get("embeds"):
        need(channel, "embed_links")
    check_message(body, discord.note)
    nonce = body.payload.get("nonce")
    if nonce is not None and body.payload.get("enforce_nonce"):
        for known in channel.messages.values():
            if known.data.get("nonce") == nonce:
                return known.data  # it was sent before, and is not sent again
    data = blank(discord.ids.new(), channel, discord.app.account)
    message = Message(data, channel, discord.cdn)
    reference = body.payload.get("message_reference")
    if reference:
        need_history(channel)
        referred = channel.messages.get(str(reference["message_id"]))
        if referred is None and reference.get("fail_if_not_exists", True):
            raise unknown_message()
        data |= {"type": 19, "message_reference": {"type": 0, "channel_id": channel.id} | reference}
        data["referenced_message"] = referred.data if referred else None
    data["flags"] = body.payload.get("flags", 0) & SETTABLE
    data |= {"nonce": nonce} if nonce is not None else {}
    apply(message, body, discord.ids.new, discord.cdn)
    discord.publish(message)
    return message.data


async def change(discord: Discord, request: web.Request) -> dict:
    channel = channel_of(discord, request)
    body = await bodies.read(request, file_max(channel))
    message = message_of(channel, request)
    if message.data["author"]["id"] != discord.app.account.id:
        raise not_the_author()
    check_edit(message, body, discord.note)
    apply(message, body, discord.ids.new, discord.cdn)
    discord.republish(message)
    return message.data


async def remove(discord: Discord, request: web.Request) -> None:
    channel = channel_of(discord, request)
    message = message_of(channel, request)
    if message.data["author"]["id"] != discord.app.account.id:
        need(channel, "manage_messages")
    discord.remove(message)


async def typing(discord: Discord, request: web.Request) -> None:
    need(channel_of(discord, request), "view_channel", "send_messages")


ROUTES = [
    ("GET", "/channels/{channel}/messages", listed),
    ("POST", "/channels/{channel}/messages", create),
    ("GET", "/channels/{channel}/messages/{message}", one),
    ("PATCH", "/channels/{channel}/messages/{message}", change),
    ("DELETE", "/channels/{channel}/messages/{message}", remove),
    ("POST", "/channels/{channel}/typing", typing),
]
