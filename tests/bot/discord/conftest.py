"""The program's own bot, on the stand-in for Discord."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
from discord_platform.gateway import MESSAGE_CONTENT
from discord_platform.stand_in import discord_platform


@pytest.fixture
def chat(local):
    """Opens a server with the bot on it: `async with chat() as (server, discord)`."""
    from bot.discord.running import chatting

    @asynccontextmanager
    async def open_chat(overrides=None, **settings):
        intents = MESSAGE_CONTENT if settings.get("discord_message_content") else 0
        async with discord_platform(privileged_intents=intents) as discord:
            told = {"discord_token": discord.token, "discord_api_url": discord.api_url} | settings
            async with local(overrides, **told) as server, chatting(server.core):
                yield server, discord

    return open_chat
