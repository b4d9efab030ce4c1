"""Where somebody is, who installed the bot for that place, and which commands are offered there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from discord_platform.options import NotOffered
from discord_platform.world import DM, IN_BOT_DM, IN_GUILD, IN_PRIVATE_CHANNEL, PERMISSIONS

if TYPE_CHECKING:
    from discord_platform.world import Account, Channel

GUILD_INSTALL, USER_INSTALL = "0", "1"


@dataclass(frozen=True)
class Place:
    """`owners` as interactions tell it: by kind of install, the server or user it is of."""

    channel: Channel
    owners: dict[str, str]
    context: int


def place_of(account: Account, channel: Channel, *, user_installed: bool) -> Place:
    """The channel; `user_installed` where only this person has the bot, as where it is no member."""
    owners = {}
    if channel.bot_may_read and not user_installed:
        owners[GUILD_INSTALL] = channel.guild.id if channel.guild else "0"
    return Place(channel, owners or {USER_INSTALL: account.id}, context_of(channel))


def context_of(channel: Channel) -> int:
    if channel.guild is not None:
        return IN_GUILD
    return IN_BOT_DM if channel.type == DM and channel.bot_may_read else IN_PRIVATE_CHANNEL


def check_offered(command: dict, place: Place, account: Account) -> None:
    """Raises NotOffered if the command is not shown there to this person."""
    name, guild = command["name"], place.channel.guild
    if "guild_id" not in command:
        contexts = command["contexts"]
        if not {str(one) for one in command["integration_types"]} & set(place.owners):
            raise NotOffered(f"{name!r} is not for this kind of install")
        if contexts is not None and place.context not in contexts:
            raise NotOffered(f"{name!r} is not offered in context {place.context}")
    needed = command["default_member_permissions"]
    if guild is not None and needed is not None:
        needed, held = int(needed), guild.permissions_of(account)
        hidden = held & needed != needed or needed == 0
        if hidden and not held & PERMISSIONS["administrator"]:
            raise NotOffered(f"{name!r} needs permissions that {account.name} lacks")
