"""Starting and stopping the Discord bot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import discord.http

from bot.discord.client import DiscordBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.bootstrap import Core


@asynccontextmanager
async def chatting(core: Core) -> AsyncIterator[DiscordBot]:
    """Be on Discord meanwhile; at the end what was asked for is answered first.

    Raises:
        LoginFailure: Discord does not know the token.
    """
    token = core.settings.discord_token
    assert token
    discord.http.Route.BASE = core.settings.discord_api_url
    bot = DiscordBot(core)
    await bot.login(token.get_secret_value())
    connection = asyncio.create_task(bot.connect())
    try:
        yield bot
    finally:
        await bot.close()
        connection.cancel()
        with suppress(asyncio.CancelledError):
            await connection
