"""People at their clients: they call commands, press, choose, fill in, and see what comes of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from discord_platform.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
    Modal,
)
from discord_platform.messages import BUTTON, LINK, SELECTS, STRING_SELECT, Message
from discord_platform.options import NotOffered, fill
from discord_platform.places import Place, check_offered, context_of, place_of
from discord_platform.resolved import refer_to
from discord_platform.submissions import filled_in
from discord_platform.world import Channel, Guild

if TYPE_CHECKING:
    from discord_platform.cdn import File
    from discord_platform.stand_in import Discord
    from discord_platform.world import Account

CHAT_INPUT, USER_MENU, MESSAGE_MENU = 1, 2, 3  # types of commands
PRIVATE_APP_PERMISSIONS = 1 << 15 | 1 << 14 | 1 << 17  # attach, embed, mention everyone


@dataclass(eq=False)
class Person:
    discord: Discord
    account: Account
    locale: str = "en-US"

    def __repr__(self) -> str:
        return f"<{self.account.name}>"

    @property
    def id(self) -> str:
        return self.account.id

    @property
    def dm(self) -> Channel:
        """The direct messages with the bot."""
        return self.discord.dm_channel(self.account)

    def sees(self, place: Channel | Guild) -> list[Message]:
        """The messages there that are shown to this person, oldest first."""
        channel = place.channel if isinstance(place, Guild) else place
        return [one for one in channel.messages.values() if one.viewer in {None, self.id}]

    # What they do

    async def command(
        self,
        name: str,
        /,
        *,
        guild: Guild | None = None,
        channel: Channel | None = None,
        user_installed: bool = False,
        repeat: int = 1,
        options: dict[str, object] | None = None,
        **values: object,
    ) -> Message | Modal:
        """Call a slash command. `options` are for names that this method has itself."""
        begun = await self.begin_command(
            name,
            guild=guild,
            channel=channel,
            user_installed=user_installed,
            repeat=repeat,
            options=(options or {}) | values,
        )
        return await begun.answer()

    async def begin_command(
        self, name: str, *, guild=None, channel=None, user_installed=False, repeat=1, options=None
    ) -> Interaction:
        """Call a slash command, and do not wait for the answer."""
        place = self._place(guild, channel, user_installed)
        first, *path = name.split()
        command = await self.discord.command(first, CHAT_INPUT, place.channel.guild)
        check_offered(command, place, self.account)
        filled = fill(command, path, options or {}, self._keep, place.channel.guild)
        return await self._act(place, COMMAND, _command_data(command, filled), repeat)

    async def autocomplete(
        self,
        name: str,
        option: str,
        typed: str,
        /,
        *,
        guild: Guild | None = None,
        channel: Channel | None = None,
        user_installed: bool = False,
        **values: object,
    ) -> list[dict]:
        """Type into an option; gives the choices shown, each with name and value."""
        place = self._place(guild, channel, user_installed)
        first, *path = name.split()
        command = await self.discord.command(first, CHAT_INPUT, place.channel.guild)
        check_offered(command, place, self.account)
        typing = values | {option: typed}
        guild = place.channel.guild
        filled = fill(command, path, typing, self._keep, guild, focused=option)
        data = _command_data(command, filled)
        return await (await self._act(place, AUTOCOMPLETE, data, 1)).answer()

    async def message_command(
        self, name: str, message: Message, *, user_installed: bool = False, repeat: int = 1
    ) -> Message | Modal:
        """Call a command from the context menu of a message."""
        self._see(message)
        place = self._place(None, message.channel, user_installed)
        command = await self.discord.command(name, MESSAGE_MENU, place.channel.guild)
        check_offered(command, place, self.account)
        data = _command_data(command) | {"target_id": message.id}
        data["resolved"] = {"messages": {message.id: message.data}}
        return await (await self._act(place, COMMAND, data, repeat)).answer()

    async def press(self, message: Message, button: str, *, repeat: int = 1) -> Message | Modal:
        """Press a button, by its label, emoji or custom id."""
        found = self._component(message, button, {BUTTON})
        if found["style"] == LINK:
            raise NotOffered(f"{button!r} opens {found['url']}, and tells the bot nothing")
        data = {"custom_id": found["custom_id"], "component_type": BUTTON, "id": found["id"]}
        return await (await self._use(message, data, repeat)).answer()

    async def choose(
        self, message: Message, menu: str | int, *values: object, repeat: int = 1
    ) -> Message | Modal:
        """Choose in a menu, which is named by placeholder, custom id or number.

        Options are named by label or value; menus of users and channels take these.
        """
        found = self._component(message, menu, SELECTS)
        resolved: dict = {}
        if found["type"] == STRING_SELECT:
            chosen = [_option(found, value) for value in values]
        else:
            chosen = [refer_to(resolved, value, message.channel.guild) for value in values]
        if not found.get("min_values", 1) <= len(chosen) <= found.get("max_values", 1):
            raise NotOffered(f"{len(chosen)} values are not taken")
        data = {"custom_id": found["custom_id"], "component_type": found["type"]}
        data |= {"id": found["id"], "values": chosen} | _told(resolved)
        return await (await self._use(message, data, repeat)).answer()

    async def submit(self, modal: Modal, values: dict | None = None, *, repeat: int = 1):
        """Fill in a modal by labels (texts, lists of files, choices) and send it in."""
        rows, resolved = filled_in(modal, values or {}, self._keep)
        data = {"custom_id": modal.data["custom_id"], "components": rows}
        data |= _told(resolved)
        asked = modal.interaction
        place = Place(asked.channel, asked.owners, context_of(asked.channel))
        source = asked.source if asked.type == COMPONENT else None
        return await (await self._act(place, MODAL_SUBMIT, data, repeat, source)).answer()

    async def say(self, content: str = "", *, channel=None, guild=None, **parts) -> Message:
        """Write a message, once the bot is there to see it."""
        place = channel or (guild.channel if guild else self.dm)
        await self.discord.connected(place.shard_key)
        return self.discord.message(self, place, content, **parts)

    # How the client makes interactions of it

    def _place(self, guild: Guild | None, channel: Channel | None, user_installed: bool) -> Place:
        channel = channel or (guild.channel if guild else self.dm)
        return place_of(self.account, channel, user_installed=user_installed)

    def _see(self, message: Message) -> None:
        if message.deleted:
            raise NotOffered(f"{message!r} is gone")
        if message.viewer not in {None, self.id}:
            raise NotOffered(f"{message!r} is shown to somebody else alone")

    def _component(self, message: Message, name: str | int, kinds: set[int]) -> dict:
        self._see(message)
        shown = [one for one in message.components if one["type"] in kinds]
        for number, one in enumerate(shown):
            names = (one.get("label"), one.get("placeholder"), one.get("custom_id"), number)
            if name in (*names, (one.get("emoji") or {}).get("name")):
                if one.get("disabled"):
                    raise NotOffered(f"{name!r} is disabled")
                return one
        raise NotOffered(f"no {name!r} in {message!r}")

    async def _use(self, message: Message, data: dict, repeat: int) -> Interaction:
        if message.interaction is not None:
            owners = message.interaction.owners
        else:
            owners = self._place(None, message.channel, False).owners
        place = Place(message.channel, owners, context_of(message.channel))
        return await self._act(place, COMPONENT, data, repeat, message)

    def _keep(self, file: File) -> dict:
        discord = self.discord
        return discord.cdn.keep(discord.ids.new(), discord.app.id, file, ephemeral=True)

    async def _act(
        self, place: Place, kind: int, data: dict, repeat: int, source: Message | None = None
    ) -> Interaction:
        discord, channel = self.discord, place.channel
        await discord.connected(channel.shard_key)
        interaction = Interaction(
            discord.ids.new(),
            secrets.token_urlsafe(48),
            kind,
            self.account,
            channel,
            place.owners,
            channel.guild.attachment_limit if channel.guild else 10 << 20,
            repeat,
            source,
            pace=discord.pace,
            first_response=discord.first_response,
            source_version=source.versions if source else 0,
        )
        discord.keep(interaction)
        payload = self._payload(interaction, place, data)
        for _ in range(repeat):
            discord.gateway.dispatch(channel.shard_key, "INTERACTION_CREATE", payload)
        return interaction

    def _payload(self, interaction: Interaction, place: Place, data: dict) -> dict:
        channel, guild = place.channel, place.channel.guild
        payload = {
            "id": interaction.id,
            "application_id": self.discord.app.id,
            "type": interaction.type,
            "data": data,
            "token": interaction.token,
            "version": 1,
            "locale": self.locale,
            "channel_id": channel.id,
            "entitlements": [],
            "authorizing_integration_owners": place.owners,
            "context": place.context,
            "attachment_size_limit": interaction.attachment_limit,
        }
        if interaction.source is not None:
            payload["message"] = interaction.source.data
        if guild is None:
            payload |= {"channel": channel.data(), "user": self.account.data()}
            return payload | {"app_permissions": str(PRIVATE_APP_PERMISSIONS)}
        held = str(guild.permissions_of(self.account))
        allowed = guild.bot_permissions if guild.has_bot else guild.permissions_of(self.account)
        return payload | {
            "guild_id": guild.id,
            "guild": guild.partial(),
            "guild_locale": guild.locale,
            "channel": channel.data() | {"permissions": held},
            "member": guild.member_with_user(self.account) | {"permissions": held},
            "app_permissions": str(allowed),
        }


def _command_data(command: dict, filled=None) -> dict:
    data = {"id": command["id"], "name": command["name"], "type": command["type"]}
    if "guild_id" in command:
        data["guild_id"] = command["guild_id"]
    if filled is not None:
        data |= {"options": filled.options} | _told(filled.resolved)
    return data


def _told(resolved: dict) -> dict:
    """It is left out when empty: where it is, the library looks for all values there."""
    return {"resolved": resolved} if resolved else {}


def _option(menu: dict, name: str) -> str:
    for option in menu["options"]:
        if name in {option["label"], option["value"]}:
            return option["value"]
    raise NotOffered(f"no option {name!r}: {[one['label'] for one in menu['options']]}")
