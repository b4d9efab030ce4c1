"""Starting and stopping the Discord bot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING

import aiohttp
import discord
import structlog
from discord import gateway, http
from yarl import URL

from bot.discord.client import DiscordBot
from bot.staying import PAUSES, staying
from core.errors import Unavailable
from core.setting_types import PREFIX, SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.bootstrap import Core
    from core.settings import Settings

log = structlog.get_logger("pixferry.discord")

_SHARDING_REQUIRED = 4011
_OUT_OF_REACH = (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError)


@asynccontextmanager
async def chatting(core: Core) -> AsyncIterator[asyncio.Task[None]]:
    """Be on Discord meanwhile; at the end what was asked for is answered first.

    Gives the task that holds the connection: it ends by itself only if Discord shuts the bot out.

    Raises:
        SettingsInvalid: Discord does not know the token, or not the server for the commands.
    """
    point_at(core.settings)
    async with staying("Discord", partial(_stay, core)) as connection:
        yield connection


async def sync(core: Core) -> int:
    """Tell Discord of the commands, and go; gives their number.

    Raises:
        SettingsInvalid: Discord does not know the token, or not the server for the commands.
        Unavailable: Discord is out of reach.
    """
    point_at(core.settings)
    bot = DiscordBot(core)
    try:
        await _log_in(bot, core.settings)
    except _OUT_OF_REACH as err:
        raise Unavailable(
            reason=f"Discord is out of reach at {core.settings.discord_api_url}: {err}"
        ) from err
    await bot.close()
    return bot.synced


def point_at(settings: Settings) -> None:
    """Have the library speak to the API of the settings, whose gateway is the one it names.

    What is not Discord's own has its gateway beside it, should the library forget the one named.
    """
    http.Route.BASE = settings.discord_api_url
    base = URL(settings.discord_api_url)
    if base.host != "discord.com":
        scheme = "wss" if base.scheme == "https" else "ws"
        gateway.DiscordWebSocket.DEFAULT_GATEWAY = base.origin().with_scheme(scheme)


async def _stay(core: Core, known: asyncio.Event) -> None:
    """Log in, however long that takes, and stay connected; at the end finish what was asked."""
    for pause in chain(PAUSES, repeat(60)):
        bot = DiscordBot(core)  # the library can't log in anew with one that has failed
        try:
            await _log_in(bot, core.settings)
            break
        except _OUT_OF_REACH as err:
            log.warning("Discord is out of reach", error=type(err).__name__, again_in=pause)
            known.set()
            await asyncio.sleep(pause)
    known.set()
    try:
        await bot.connect()
    except discord.PrivilegedIntentsRequired as err:
        raise SettingsInvalid(
            f"{PREFIX}DISCORD_MESSAGE_CONTENT is true, and Discord does not give this bot the "
            "contents of messages: turn on `Message Content Intent` on the bot's page of the "
            "developer portal, or unset it."
        ) from err
    except discord.ConnectionClosed as err:
        if err.code != _SHARDING_REQUIRED:
            raise
        raise SettingsInvalid(
            f"{PREFIX}DISCORD_SHARDS names too few shards for as many servers as the bot is on: "
            "raise the number behind the stroke, the same for all processes, or unset it."
        ) from err
    finally:
        await bot.close()


async def _log_in(bot: DiscordBot, settings: Settings) -> None:
    """Let the bot in; whatever keeps it out, its connections are closed."""
    token = settings.discord_token
    assert token
    try:
        async with _closed_if_refused(bot):
            await bot.login(token.get_secret_value())
    except discord.LoginFailure as err:
        raise SettingsInvalid(
            f"{PREFIX}DISCORD_TOKEN is (hidden): Discord does not know it. Copy it again from the "
            "bot's page of the developer portal."
        ) from err
    except discord.Forbidden as err:
        raise SettingsInvalid(
            f"{PREFIX}DISCORD_GUILD_ID is {settings.discord_guild_id}: the bot may not put "
            "commands there. Add it to that server first, with the scope `applications.commands`."
        ) from err


@asynccontextmanager
async def _closed_if_refused(bot: DiscordBot) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        await bot.http.close()
        raise
