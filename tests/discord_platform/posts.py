"""What people write, as it stands in a channel."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from discord_platform.composing import blank
from discord_platform.messages import Message
from discord_platform.options import as_file
from discord_platform.world import Channel, Guild

if TYPE_CHECKING:
    from discord_platform.cdn import File
    from discord_platform.people import Person
    from discord_platform.stand_in import Discord

SNAPSHOT = [
    "type",
    "content",
    "embeds",
    "attachments",
    "timestamp",
    "edited_timestamp",
    "flags",
    "mentions",
    "mention_roles",
    "components",
    "sticker_items",
]
REPLY, FORWARD = 0, 1  # types of references


class Posts:
    def __init__(self, discord: Discord) -> None:
        self.discord = discord

    def write(
        self,
        author: Person,
        channel: Channel | Guild | None = None,
        content: str = "",
        *,
        attachments: list[bytes | File] = (),
        embeds: list[dict] = (),
        components: list[dict] = (),
        snapshots: list[Message] = (),
        stickers: list[dict] = (),
        reply_to: Message | None = None,
        repeat: int = 1,
    ) -> Message:
        """A message by a person; with no channel in the direct messages with the bot.

        `snapshots` are messages that it forwards; `stickers` have id, name and format_type;
        `repeat=2` tells the bot of it twice.
        """
        discord = self.discord
        if isinstance(channel, Guild):
            channel = channel.channel
        channel = channel or discord.dm_channel(author.account)
        data = blank(discord.ids.new(), channel, author.account)
        files = [as_file(one) for one in attachments]
        kept = [discord.cdn.keep(discord.ids.new(), channel.id, file) for file in files]
        mentioned = f"<@{discord.app.account.id}>" in content
        data |= {
            "content": content,
            "attachments": kept,
            "embeds": copy.deepcopy(list(embeds)),
            "components": copy.deepcopy(list(components)),
            "mentions": [discord.app.account.data()] if mentioned else [],
        }
        if stickers:
            data["sticker_items"] = list(stickers)
        if snapshots:
            data |= self._forwarded(snapshots)
        elif reply_to is not None:
            data |= {"type": 19, "message_reference": _reference(reply_to, REPLY)}
            data["referenced_message"] = reply_to.data
        message = Message(data, channel, discord.cdn)
        for _ in range(repeat):
            discord.publish(message)
        return message

    @staticmethod
    def _forwarded(snapshots: list[Message]) -> dict:
        shown = [
            {"message": {key: one.data[key] for key in SNAPSHOT if key in one.data}}
            for one in snapshots
        ]
        reference = _reference(snapshots[0], FORWARD)
        return {"message_snapshots": shown, "message_reference": reference, "flags": 1 << 14}


def _reference(message: Message, kind: int) -> dict:
    reference = {"type": kind, "channel_id": message.channel.id, "message_id": message.id}
    guild = message.channel.guild
    return reference | ({"guild_id": guild.id} if guild else {})
