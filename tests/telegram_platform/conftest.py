from __future__ import annotations

import pytest
from telegram_platform.bare_bot import bare_bot
from telegram_platform.stand_in import telegram_platform


@pytest.fixture
async def platform():
    """The stand-in with no bot; a test takes the complaints that it provokes."""
    async with telegram_platform() as found:
        yield found


@pytest.fixture
async def bare(platform):
    async with bare_bot(platform) as bot:
        yield bot


@pytest.fixture
def ada(platform):
    return platform.user("ada")
