"""The program's own bot, on the stand-in for Discord."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from discord.http import Route
from discord_platform.gateway import MESSAGE_CONTENT
from discord_platform.stand_in import discord_platform
from local import serving_locally


@asynccontextmanager
async def opened(folder, overrides=None, **settings):
    from bot.discord.running import chatting

    intents = MESSAGE_CONTENT if settings.get("discord_message_content") else 0
    async with discord_platform(privileged_intents=intents) as discord:
        told = {"discord_token": discord.token, "discord_api_url": discord.api_url} | settings
        before = Route.BASE  # the library has one for all; another platform may be in use
        try:
            async with (
                serving_locally(folder, overrides, **told) as server,
                chatting(server.core),
            ):
                yield server, discord
        finally:
            Route.BASE = before


@pytest.fixture
def chat(backing, tmp_path):
    """Opens a server with the bot on it: `async with chat() as (server, discord)`."""

    def open_chat(overrides=None, **settings):
        return opened(tmp_path, overrides, **settings)

    return open_chat


@pytest.fixture(scope="module")
def opened_for_module(backing, tmp_path_factory):
    """Opens a server with the bot on it, for a fixture of a whole module."""

    def open_chat(**settings):
        return opened(tmp_path_factory.mktemp("chat"), **settings)

    return open_chat


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reachable(backing, tmp_path_factory):
    """Likewise, of a server that the internet reaches."""
    folder = tmp_path_factory.mktemp("reachable")
    async with opened(folder, public_url="https://pix.example") as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(backing, tmp_path_factory):
    """One server and platform, for a module's tests that bring people and places of their own.

    They run in the module's loop: `pytestmark = pytest.mark.asyncio(loop_scope="module")`.
    """
    async with opened(tmp_path_factory.mktemp("chat")) as found:
        yield found
