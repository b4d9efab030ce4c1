"""A stand-in for Discord on loopback: gateway, REST API and attachments, for the real library.

    async with discord_platform() as discord:
        # the bot's library is told discord.api_url, discord.gateway.url and discord.token
        guild = discord.guild("Cats")
        ada = discord.user("ada", locale="de")
        guild.allow(ada, "manage_guild")
        reply = await ada.command("upload", guild=guild, file=jpeg(), caption="a cat")
        assert "a cat" in reply.text
        await ada.press(reply, "Delete")

`guild=`, `channel=` or neither (the direct messages with the bot) say where somebody is;
`user_installed=True` that only this person has the bot. Subcommands are named "embed create". Whoever
acts waits until the bot is connected and knows the command, then for the final answer: a `Message`,
whose text, embeds, buttons and deletion are always as they are now, a `Modal`, or choices. What the
person could not do (no such button, a value out of bounds) raises `NotOffered`; a bot that answers
late or never `NotAnswered`. `repeat=2` delivers the same interaction twice.

What the bot does wrong is refused as the platform refuses it, and kept in `discord.complaints`; the
block fails at its end if there are any. A test that wants them takes them: `discord.forgive()`.

The library's `DiscordWebSocket.DEFAULT_GATEWAY` must be `discord.gateway.url`, too: it goes there
once a session is invalid.

`discord.gateway` drops, closes, invalidates (`drop()`, `close(code)`, `invalidate()`,
`ask_to_reconnect()`, `silent`); `discord.troubles` has rate limits and errors of the API;
`File(…, stalls_after=…)` those of attachments.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web
from discord_platform.cdn import Cdn
from discord_platform.gateway import MESSAGE_CONTENT, Gateway
from discord_platform.interactions import FIRST_RESPONSE
from discord_platform.people import Person
from discord_platform.posts import Posts
from discord_platform.refusals import Complaint
from discord_platform.rest import BASE, application
from discord_platform.troubles import Troubles
from discord_platform.world import DM, GROUP_DM, TEXT, Account, App, Channel, Guild, Snowflakes
from pace import Pace
from signals import Signal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from discord_platform.interactions import Interaction
    from discord_platform.messages import Message

INTERACTIONS_KEPT = 5_000
COMPLAINTS_KEPT = 1_000
GLOBAL_LIMIT = 50  # requests a second of a bot, answers to interactions aside
READY_LIMIT = 30  # seconds that people wait for the bot to be there
GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12  # intents


class Discord:
    """The platform. Made by `discord_platform`."""

    def __init__(self) -> None:
        self.ids = Snowflakes()
        bot = Account(self.ids.new(), "pixferry", bot=True)
        owner = Account(self.ids.new(), "operator")
        self.app = App(bot.id, f"{secrets.token_hex(12)}.{secrets.token_hex(6)}", bot, owner)
        self.accounts: dict[str, Account] = {one.id: one for one in (bot, owner)}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.interactions: OrderedDict[str, Interaction] = OrderedDict()  # by token
        self.complaints: list[Complaint] = []
        self.troubles = Troubles()
        self.changed = Signal()  # commands were registered, messages published
        self.cdn = Cdn()
        self.gateway = Gateway(self.app, lambda: list(self.guilds.values()), self.complaints)
        self.posts = Posts(self)
        self.pace = Pace()
        self.first_response = FIRST_RESPONSE  # seconds that a bot has
        self.global_limit = GLOBAL_LIMIT
        self.url = ""
        self._dms: dict[str, Channel] = {}

    @property
    def token(self) -> str:
        return self.app.token

    @property
    def api_url(self) -> str:
        return f"{self.url}{BASE}"

    # People and places

    def user(
        self, name: str, *, locale: str = "en-US", bot: bool = False, accepts_dms: bool = True
    ) -> Person:
        """Somebody new."""
        account = Account(self.ids.new(), name, bot, accepts_dms)
        self.accounts[account.id] = account
        return Person(self, account, locale)

    def guild(
        self, name: str = "Server", *, has_bot: bool = True, locale: str = "en-US", **options
    ) -> Guild:
        """A new server with one text channel, owned by somebody whom nobody knows."""
        owner = Account(self.ids.new(), f"owner of {name}")
        number = self.ids.new()
        guild = Guild(number, name, owner, self.app.account, locale, has_bot, **options)
        self.guilds[number] = guild
        self.channel(guild, "general")
        if has_bot:
            self.gateway.dispatch(int(number) >> 22, "GUILD_CREATE", guild.data())
        return guild

    def channel(self, guild: Guild, name: str, *, nsfw: bool = False) -> Channel:
        """A further text channel."""
        channel = Channel(self.ids.new(), TEXT, name, guild, nsfw=nsfw)
        self.channels[channel.id] = guild.channels[channel.id] = channel
        if guild.has_bot and len(guild.channels) > 1:
            self.gateway.dispatch(channel.shard_key, "CHANNEL_CREATE", channel.data())
        return channel

    def remove_bot(self, guild: Guild) -> None:
        """The server's administrators throw the bot out."""
        guild.has_bot = False
        gone = {"id": guild.id, "unavailable": False}
        self.gateway.dispatch(int(guild.id) >> 22, "GUILD_DELETE", gone)

    def dm_channel(self, account: Account) -> Channel:
        """The direct messages between somebody and the bot."""
        if account.id not in self._dms:
            channel = Channel(self.ids.new(), DM, recipients=(account, self.app.account))
            self._dms[account.id] = self.channels[channel.id] = channel
        return self._dms[account.id]

    def group_dm(self, *people: Person, name: str = "Group") -> Channel:
        """A conversation of people without the bot, where it works by user installs alone."""
        recipients = tuple(person.account for person in people)
        channel = Channel(self.ids.new(), GROUP_DM, name, recipients=recipients)
        self.channels[channel.id] = channel
        return channel

    # Messages

    def publish(self, message: Message) -> None:
        """A new message is there."""
        message.channel.keep(message)
        self._tell(message, "MESSAGE_CREATE")

    def republish(self, message: Message) -> None:
        """A message was changed."""
        message.edited()
        self._tell(message, "MESSAGE_UPDATE")

    def remove(self, message: Message) -> None:
        """A message is deleted."""
        message.delete()
        channel = message.channel
        if channel.bot_may_read and not message.ephemeral:
            said = {"id": message.id, "channel_id": channel.id}
            place = {"guild_id": channel.guild.id} if channel.guild else {}
            self._to_readers(channel, "MESSAGE_DELETE", lambda _: said | place)
        self.changed.fire()

    def message(self, author: Person, channel: Channel | Guild | None = None, *args, **parts):
        """Somebody writes; `Posts.write` says what there may be in it."""
        return self.posts.write(author, channel, *args, **parts)

    async def answer_to(self, message: Message, seconds: float = 15) -> Message:
        """The bot's first message after that one in its channel."""

        def found() -> Message | None:
            return next(
                (
                    one
                    for one in message.channel.messages.values()
                    if int(one.id) > int(message.id)
                    and one.data["author"]["id"] == self.app.account.id
                ),
                None,
            )

        if not await self.changed.until(found, seconds):
            raise AssertionError(f"the bot did not react to {message!r}")
        return found()

    def _tell(self, message: Message, event: str) -> None:
        channel, bot = message.channel, self.app.account.id
        if channel.bot_may_read and not message.ephemeral:
            full = message.data
            if channel.guild is not None:
                full = full | {"guild_id": channel.guild.id}
                author = self.accounts.get(full["author"]["id"])
                if author is not None:
                    full = full | {"member": channel.guild.member(author)}
            mine = full["author"]["id"] == bot or any(one["id"] == bot for one in full["mentions"])
            bare = {"content": "", "attachments": [], "embeds": [], "components": []}
            open_to_all = mine or channel.guild is None

            def seen(session) -> dict:
                readable = open_to_all or session.intents & MESSAGE_CONTENT
                return full if readable else full | bare

            self._to_readers(channel, event, seen)
        self.changed.fire()

    def _to_readers(self, channel: Channel, event: str, seen) -> None:
        intent = GUILD_MESSAGES if channel.guild else DIRECT_MESSAGES
        self.gateway.dispatch(
            channel.shard_key, event, lambda one: seen(one) if one.intents & intent else None
        )

    # What the bot does wrong

    def complain(self, complaint: Complaint) -> None:
        if len(self.complaints) < COMPLAINTS_KEPT:
            self.complaints.append(complaint)
        self.changed.fire()

    def note(self, where: str, message: str) -> None:
        """Something that the platform lets through, and that nobody wants."""
        self.complain(Complaint(where, 200, 0, message))

    def forgive(self) -> list[Complaint]:
        """The complaints so far, which no longer make the test fail."""
        taken = self.complaints.copy()
        self.complaints.clear()
        return taken

    # The bot

    async def connected(self, key: int = 0, seconds: float = READY_LIMIT) -> None:
        """Wait until the bot is connected."""
        if not await self.gateway.changed.until(lambda: self.gateway.serves(key), seconds):
            raise AssertionError(f"the bot did not connect: {self.complaints}")

    def find_command(self, name: str, kind: int, guild: Guild | None) -> dict | None:
        """A command that is offered there; a server's own come first."""
        for scope in (guild.id, None) if guild else (None,):
            for command in self.app.commands.get(scope, {}).values():
                if command["name"] == name and command["type"] == kind:
                    return command
        return None

    async def command(self, name: str, kind: int, guild: Guild | None) -> dict:
        """A command, once the bot registered it."""
        found = self.find_command(name, kind, guild)
        if found is None:
            await self.changed.until(lambda: self.find_command(name, kind, guild), READY_LIMIT)
            found = self.find_command(name, kind, guild)
        if found is None:
            raise AssertionError(f"no command {name!r} was registered: {self.complaints}")
        return found

    def keep(self, interaction: Interaction) -> None:
        self.interactions[interaction.token] = interaction
        if len(self.interactions) > INTERACTIONS_KEPT:
            self.interactions.popitem(last=False)


@asynccontextmanager
async def discord_platform(*, port: int = 0, privileged_intents: int = 0) -> AsyncIterator[Discord]:
    """The platform for the length of a block. Fails at its end if there are complaints."""
    discord = Discord()
    discord.app.privileged_intents = privileged_intents
    runner = web.AppRunner(application(discord), access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    bound = runner.addresses[0][1]
    discord.url = discord.cdn.base = f"http://127.0.0.1:{bound}"
    discord.gateway.url = f"ws://127.0.0.1:{bound}"
    try:
        async with discord.pace.ticking():
            yield discord
        if discord.complaints:
            raise AssertionError("\n".join(["The bot did wrong:", *map(str, discord.complaints)]))
    finally:
        discord.cdn.end()
        discord.gateway.drop()
        await runner.cleanup()
