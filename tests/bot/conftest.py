"""Both bots on one server."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest
from discord.http import Route
from discord_platform.stand_in import discord_platform
from local import serving_locally
from telegram_platform.stand_in import telegram_platform

from pixferry.bots import start_bots


@pytest.fixture
async def everywhere(backing, tmp_path):
    """A server with both bots, as one process runs them, and their platforms."""
    before = Route.BASE  # the library has one for all
    async with AsyncExitStack() as stack:
        stack.callback(setattr, Route, "BASE", before)
        discord = await stack.enter_async_context(discord_platform())
        telegram = await stack.enter_async_context(telegram_platform())
        server = await stack.enter_async_context(
            serving_locally(
                tmp_path,
                discord_token=discord.token,
                discord_api_url=discord.api_url,
                telegram_token=telegram.token,
                telegram_api_url=telegram.url,
            )
        )
        assert await start_bots(stack, server.core, None) == ["Discord", "Telegram"]
        yield server, discord, telegram
