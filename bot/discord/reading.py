"""What Discord tells us, as any platform would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord

from bot.asking import Ask, File, Message
from bot.languages import language_for
from core.chats import ChatRef, Identity, Platform
from core.services.chats import Place

if TYPE_CHECKING:
    from collections.abc import Iterator


def ask_of(interaction: discord.Interaction[Any], target: discord.Message | None = None) -> Ask:
    """What is asked by an interaction; `target` is the message that it was run on."""
    where = interaction.guild_id or interaction.channel_id or interaction.user.id
    permissions = interaction.permissions
    in_server = interaction.guild_id is not None
    named = target.id if target else interaction.id
    return Ask(
        identity=_identity(interaction.user),
        place=Place(
            ChatRef(Platform.DISCORD, str(where)),
            str(interaction.channel_id) if in_server else None,
            moderates=in_server and permissions.manage_messages,
        ),
        origin=f"discord:{named}",
        language=language_for(str(interaction.locale)),
        message=message_of(target) if target else None,
        administers=in_server and permissions.manage_guild,
        chat_name=interaction.guild.name if interaction.guild else "",
        hears=in_server and interaction.client.intents.message_content,
    )


def ask_of_message(message: discord.Message) -> Ask:
    """What is asked by a message in a channel where every picture is hosted."""
    assert message.guild
    permissions = message.channel.permissions_for(message.author)  # type: ignore[arg-type]
    return Ask(
        identity=_identity(message.author),
        place=Place(
            ChatRef(Platform.DISCORD, str(message.guild.id)),
            str(message.channel.id),
            moderates=permissions.manage_messages,
        ),
        origin=f"discord:{message.id}",
        language=language_for(str(message.guild.preferred_locale)),
        message=message_of(message),
        administers=permissions.manage_guild,
        chat_name=message.guild.name,
        hears=True,
    )


def _identity(user: discord.User | discord.Member) -> Identity:
    return Identity(Platform.DISCORD, str(user.id), user.display_name)


def message_of(message: discord.Message) -> Message:
    """A message, with all that it shows and forwards."""
    whole: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    return Message(
        str(message.id),
        "\n".join(each.content for each in whole),
        tuple(file_of(one) for each in whole for one in each.attachments),
        tuple(dict.fromkeys(link for each in whole for link in _links(each))),
    )


def file_of(attachment: discord.Attachment) -> File:
    """An attachment; its address is good for a while, so it is fetched soon."""

    async def locate() -> str:
        return attachment.url

    return File(str(attachment.id), attachment.filename, attachment.size, locate)


def _links(message: discord.Message | discord.MessageSnapshot) -> Iterator[str]:
    """Addresses of pictures that embeds, components and stickers show."""
    for embed in message.embeds:
        for shown in (embed.image, embed.thumbnail):
            if shown.url:
                yield shown.proxy_url or shown.url
    for component in message.components:
        yield from _component_links(component)
    for sticker in message.stickers:
        if sticker.format is not discord.StickerFormatType.lottie:
            yield sticker.url


def _component_links(component: Any) -> Iterator[str]:
    media = getattr(component, "media", None)
    if media is not None and media.url:
        yield media.proxy_url or media.url
    for name in ("children", "items"):
        for inner in getattr(component, name, ()):
            yield from _component_links(inner)
    accessory = getattr(component, "accessory", None)
    if accessory is not None:
        yield from _component_links(accessory)
