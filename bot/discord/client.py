"""The Discord bot: acknowledges at once, works behind that, and answers by editing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import discord
import structlog
from discord import app_commands

from bot.actions import ACTIONS
from bot.commands import BY_NAME
from bot.discord import answering
from bot.discord.commands import add_commands
from bot.discord.controls import ChosenMenu, PressedButton, is_known
from bot.discord.forms import read_form
from bot.discord.reading import ask_of, ask_of_message, has_picture
from bot.discord.showing import FILE_BYTES, shown
from bot.discord.translator import LanguageTranslator
from bot.replies import Reply
from bot.service import ChatService
from bot.workload import Busy, Workload
from core.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.asking import Ask
    from bot.command import Command, MessageCommand
    from core.bootstrap import Core
    from core.shards import Shards

    Interaction = discord.Interaction["DiscordBot"]
    Answer = Callable[[], Awaitable[Reply]]

log = structlog.get_logger("pixferry.discord")

WORK_SECONDS = 120.0
"""How long one answer may take to make; the wait before it does not count."""

AT_ONCE_SECONDS = 2.0
"""How long an answer may take that can't be acknowledged first; Discord waits for three."""

COMPLETIONS = 4
"""Choices that are looked up at once for people who type: each letter asks anew, and what was asked
for by commands is not to wait behind that."""

UNKNOWN: tuple[str, str, dict[str, Any]] = ("", "", {})
"""What somebody wants by a control that we do not know."""

FINISH_SECONDS = 20.0
"""How long answers in the making may take once the bot is told to stop."""


class DiscordBot(discord.AutoShardedClient):
    """Our commands on Discord. It needs no privileged intent but for automatic channels."""

    def __init__(self, core: Core) -> None:
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # we send pictures
        super().__init__(
            intents=_intents(core.settings.discord_message_content),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            **_sharding(core.settings.discord_shards),
        )
        self.service = ChatService(core)
        self.workload = Workload(core.settings.bot_slots, core.settings.bot_queue)
        self.completing = asyncio.Semaphore(COMPLETIONS)
        self.tree = app_commands.CommandTree(self)
        self._guild_id = core.settings.discord_guild_id
        self.synced = 0
        add_commands(self.tree)

    async def setup_hook(self) -> None:
        """Tell Discord of the commands, and know the controls of messages sent before."""
        self.add_dynamic_items(PressedButton, ChosenMenu)
        await self.tree.set_translator(LanguageTranslator())
        guild = discord.Object(self._guild_id) if self._guild_id else None
        if guild:
            self.tree.copy_global_to(guild=guild)
        self.synced = len(await self.tree.sync(guild=guild))

    async def close(self) -> None:
        """Answer what is being worked on, then go."""
        await self.workload.finish(FINISH_SECONDS)
        await super().close()

    async def answer(
        self, interaction: Interaction, command: Command, given: Mapping[str, Any]
    ) -> None:
        """Answer a slash command."""
        ask = ask_of(interaction)
        if command.form and command.lacks(given):
            await self._answer_now(interaction, ask, Reply(form=command.form(ask, given)))
            return
        quiet = command.quiet or given.get("private") == "true"
        if await answering.acknowledge(interaction, quiet=quiet):
            await self._work(interaction, ask, partial(self.service.run, ask, command, given))

    async def answer_on(
        self, interaction: Interaction, entry: MessageCommand, message: discord.Message
    ) -> None:
        """Answer a command of a message's menu."""
        ask = ask_of(interaction, message)
        if await answering.acknowledge(interaction, quiet=entry.command.quiet):
            await self._work(interaction, ask, partial(self.service.run, ask, entry.command, {}))

    async def use(
        self, interaction: Interaction, action: str, target: str, inputs: Mapping[str, Any]
    ) -> None:
        """Answer a button, a menu or a form."""
        ask, known = ask_of(interaction), ACTIONS.get(action)
        if known and known.asks:
            await self._answer_now(
                interaction, ask, await self._at_once(ask, action, target, inputs)
            )
            return
        beside = known is None or known.beside or interaction.message is None
        quiet = beside and (known is None or known.quiet)
        if await answering.acknowledge(interaction, quiet=quiet, thinking=beside):
            answer = partial(self.service.use, ask, action, target, inputs)
            await self._work(interaction, ask, answer, in_place=not beside)

    async def on_interaction(self, interaction: Interaction) -> None:
        """Forms come here, known by their ids, and controls of which we know nothing any more."""
        if interaction.type is discord.InteractionType.modal_submit:
            await self.use(interaction, *(read_form(interaction) or UNKNOWN))
        elif interaction.type is discord.InteractionType.component and not is_known(interaction):
            await self.use(interaction, *UNKNOWN)

    async def on_message(self, message: discord.Message) -> None:
        """Host the pictures of a message, where the channel is one for that."""
        if message.guild is None or message.author.bot or not has_picture(message):
            return
        ask = ask_of_message(message)
        try:
            if not await self.service.hears(ask.place):
                return
        except Unavailable:
            return  # nobody has asked for anything, and Discord tells it once

        async def answer() -> Reply:
            return await self.service.run(ask, BY_NAME["upload"], {})

        async def work() -> None:
            reply = await self._timed(ask, answer)
            if reply.private and not reply.failed:
                reply = self.service.hidden(ask)  # everybody reads the channel
            await _reply(message, reply)

        async def left() -> None:
            await _reply(message, self.service.stopping(ask))

        try:
            self.workload.start(ask.identity, work, left)
        except Busy:
            await _reply(message, self.service.busy(ask))

    async def _work(
        self, interaction: Interaction, ask: Ask, answer: Answer, *, in_place: bool = False
    ) -> None:
        """Have an acknowledged interaction answered when there is room for it."""

        async def show(reply: Reply) -> None:
            await self._show(interaction, ask, reply, in_place=in_place)

        async def work() -> None:
            await show(await self._timed(ask, answer))

        async def left() -> None:
            await show(self.service.stopping(ask))

        try:
            self.workload.start(ask.identity, work, left)
        except Busy:
            await show(self.service.busy(ask))

    async def _at_once(
        self, ask: Ask, action: str, target: str, inputs: Mapping[str, Any]
    ) -> Reply:
        """A reply that can't be promised first, in the time that Discord gives."""
        try:
            async with asyncio.timeout(AT_ONCE_SECONDS):
                return await self.service.use(ask, action, target, inputs)
        except TimeoutError:
            return self.service.slow(ask)

    async def _timed(self, ask: Ask, answer: Answer) -> Reply:
        try:
            async with asyncio.timeout(WORK_SECONDS):
                return await answer()
        except TimeoutError:
            return self.service.late(ask)

    async def _show(
        self, interaction: Interaction, ask: Ask, reply: Reply, *, in_place: bool
    ) -> None:
        """Put a reply in place of the acknowledgement; a refused one is a fault of ours."""
        try:
            await answering.put(interaction, reply, in_place=in_place)
        except Exception as err:  # noqa: BLE001  nobody is left without an answer
            if answering.is_theirs(err):
                answering.note(interaction, err)
                return
            fault = self.service.fault(ask.origin, ask.language, err)
            with suppress(*answering.NOT_TAKEN):
                await answering.put(interaction, fault, in_place=in_place)

    async def _answer_now(self, interaction: Interaction, ask: Ask, reply: Reply) -> None:
        """Answer without an acknowledgement before; forms can be shown in no other way."""
        try:
            await answering.say(interaction, reply)
        except Exception as err:  # noqa: BLE001  nobody is left without an answer
            if answering.is_theirs(err):
                answering.note(interaction, err)
                return
            with suppress(*answering.NOT_TAKEN):
                await answering.say(interaction, self.service.fault(ask.origin, ask.language, err))


def _sharding(shards: Shards | None) -> dict[str, Any]:
    """The shards to run; as many as Discord advises if none are named."""
    return {"shard_ids": shards.ids, "shard_count": shards.count} if shards else {}


def _intents(contents: bool) -> discord.Intents:
    """What Discord is asked to tell of; messages only where their contents are to be had."""
    return discord.Intents(guilds=True, guild_messages=contents, message_content=contents)


async def _reply(message: discord.Message, reply: Reply) -> None:
    """Answer below a message; one that was deleted meanwhile needs none.

    By the nonce Discord knows an answer that it has: it may tell of a message twice.
    """
    try:
        limit = message.guild.filesize_limit if message.guild else FILE_BYTES
        told = shown(reply, limit).send()
        await message.reply(**told, mention_author=False, nonce=message.id)
    except answering.NOT_TAKEN as err:
        status = getattr(err, "status", None)
        log.warning("not shown", error=type(err).__name__, status=status, message=message.id)
