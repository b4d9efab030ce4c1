"""What Discord tells us, as any platform would."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import discord

from bot import finding
from bot.asking import Ask, File, Message
from bot.languages import language_for
from core.chats import ChatRef, Identity, Platform
from core.services.chats import Place, known

if TYPE_CHECKING:
    from collections.abc import Iterator


def ask_of(interaction: discord.Interaction[Any], target: discord.Message | None = None) -> Ask:
    """What is asked by an interaction; `target` is the message that it was run on.

    A button's request names itself: it is not its message's.
    """
    where = interaction.guild_id or interaction.channel_id or interaction.user.id
    permissions = interaction.permissions
    in_server = interaction.guild_id is not None
    named, pointed = target.id if target else interaction.id, target or interaction.message
    return Ask(
        identity=_identity(interaction.user),
        place=Place(
            ChatRef(Platform.DISCORD, str(where)),
            str(interaction.channel_id) if in_server else None,
            _above(interaction.channel),
            moderates=known(
                in_server and _moderates(interaction.user, interaction.channel, permissions)
            ),
        ),
        origin=f"discord:{named}",
        language=language_for(str(interaction.locale), localized=True),
        message=message_of(pointed, interaction.client.user) if pointed else None,
        administers=known(in_server and permissions.manage_guild),
        chat_name=interaction.guild.name if interaction.guild else "",
        hears=known(in_server and interaction.client.intents.message_content),
    )


def has_picture(message: discord.Message) -> bool:
    """Whether a message carries or forwards what is likely a picture."""
    return any(map(_is_picture, _attached(message)))


def ask_of_message(message: discord.Message) -> Ask:
    """What is asked by a message in a channel where every picture is hosted, and nothing else."""
    assert message.guild
    shown = message_of(message)
    others = {str(each.id) for each in _attached(message) if not _is_picture(each)}
    permissions = message.channel.permissions_for(message.author)  # type: ignore[arg-type]
    return Ask(
        identity=_identity(message.author),
        place=Place(
            ChatRef(Platform.DISCORD, str(message.guild.id)),
            str(message.channel.id),
            _above(message.channel),
            moderates=known(_moderates(message.author, message.channel, permissions)),
        ),
        origin=f"discord:{message.id}",
        language=language_for(str(message.guild.preferred_locale), localized=True),
        message=replace(shown, files=tuple(each for each in shown.files if each.key not in others)),
        administers=known(permissions.manage_guild),
        chat_name=message.guild.name,
        hears=known(True),
    )


def _moderates(user: Any, channel: Any, permissions: discord.Permissions) -> bool:
    """Whether somebody moderates the server: in all of it, not by what one channel gives them."""
    if permissions.manage_guild:
        return True
    if not permissions.manage_messages:
        return False
    channel = getattr(channel, "parent", None) or channel
    given = getattr(channel, "overwrites", None)
    if given is None:
        return False  # a server that the bot is not in: who has what there it can't know
    theirs = {user.id, *(role.id for role in getattr(user, "roles", ()))}
    here = any(found.manage_messages for target, found in given.items() if target.id in theirs)
    return not here or user.guild_permissions.manage_messages


def _above(channel: Any) -> str | None:
    """The channel that a thread is of."""
    return str(channel.parent_id) if isinstance(channel, discord.Thread) else None


def _identity(user: discord.User | discord.Member) -> Identity:
    """By the name that they have everywhere: a server's nickname is that server's."""
    return Identity(Platform.DISCORD, str(user.id), user.global_name or user.name)


def message_of(message: discord.Message, me: discord.ClientUser | None = None) -> Message:
    """A message, with all that it shows and forwards; `me` is the bot."""
    whole: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    shown = [picture for each in whole for picture in _shown(each)]
    return Message(
        str(message.id),
        "\n".join(each.content for each in whole),
        (
            *map(file_of, _attached(message)),
            *(each for each in shown if isinstance(each, File)),
        ),
        tuple(each for each in shown if isinstance(each, str)),
        own=message.author == me,
    )


def _attached(message: discord.Message) -> list[discord.Attachment]:
    whole: list[discord.Message | discord.MessageSnapshot] = [message, *message.message_snapshots]
    return [one for each in whole for one in each.attachments]


def _is_picture(attachment: discord.Attachment) -> bool:
    """By what Discord says of it, else by its name."""
    kind = attachment.content_type
    return kind.startswith("image/") if kind else finding.is_picture(attachment.url)


def file_of(attachment: discord.Attachment) -> File:
    """An attachment; its address is good for a while, so it is fetched soon."""

    async def locate() -> str:
        return attachment.url

    return File(str(attachment.id), attachment.filename, attachment.size, locate, attachment.url)


def _shown(message: discord.Message | discord.MessageSnapshot) -> Iterator[File | str]:
    """Pictures that embeds, components and stickers show; addresses where Discord has no copy."""
    for embed in message.embeds:
        for shown in (embed.image, embed.thumbnail):
            yield from _copy(shown)
    for component in message.components:
        yield from _of_component(component)
    for sticker in message.stickers:
        if sticker.format is not discord.StickerFormatType.lottie:
            name = f"{sticker.name}.{sticker.format.file_extension}"
            yield _kept(str(sticker.id), name, sticker.url, None)


def _of_component(component: Any) -> Iterator[File | str]:
    yield from _copy(getattr(component, "media", None))
    for name in ("children", "items"):
        for inner in getattr(component, name, ()):
            yield from _of_component(inner)
    accessory = getattr(component, "accessory", None)
    if accessory is not None:
        yield from _of_component(accessory)


def _copy(media: Any) -> Iterator[File | str]:
    """Discord's own copy of a picture that is shown from elsewhere."""
    if media is None or not media.url:
        return
    if media.proxy_url:
        name = unquote(media.url.partition("?")[0].rpartition("/")[2]) or None
        yield _kept(media.proxy_url, name, media.proxy_url, media.url)
    else:
        yield str(media.url)


def _kept(key: str, name: str | None, url: str, source: str | None) -> File:
    async def locate() -> str:
        return url

    return File(key, name, None, locate, source)
