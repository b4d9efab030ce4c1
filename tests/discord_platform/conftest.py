from __future__ import annotations

import pytest
from discord_platform.bare_bot import bare_bot, listening_bot
from discord_platform.stand_in import discord_platform


@pytest.fixture
async def platform():
    """The stand-in with no bot; a test takes the complaints that it provokes."""
    async with discord_platform() as found:
        yield found


@pytest.fixture
async def bare(platform):
    async with bare_bot(platform) as bot:
        yield bot


@pytest.fixture
async def listening(platform):
    async with listening_bot(platform) as bot:
        yield bot
