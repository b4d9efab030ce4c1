"""The program's own bot, on the stand-in for Telegram."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from local import serving_locally
from telegram_platform.stand_in import telegram_platform


@asynccontextmanager
async def opened(folder, overrides=None, **settings):
    from bot.telegram.running import chatting

    async with telegram_platform() as telegram:
        told = {"telegram_token": telegram.token, "telegram_api_url": telegram.url} | settings
        async with (
            serving_locally(folder, overrides, **told) as server,
            chatting(server.core),
        ):
            yield server, telegram


@pytest.fixture
def chat(backing, tmp_path):
    """Opens a server with the bot on it: `async with chat() as (server, telegram)`."""

    def open_chat(overrides=None, **settings):
        return opened(tmp_path, overrides, **settings)

    return open_chat


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(backing, tmp_path_factory):
    """One server and platform, for a module's tests that bring people and places of their own.

    They run in the module's loop: `pytestmark = pytest.mark.asyncio(loop_scope="module")`.
    """
    async with opened(tmp_path_factory.mktemp("chat")) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def reachable(backing, tmp_path_factory):
    """Likewise, of a server that the internet reaches."""
    folder = tmp_path_factory.mktemp("reachable")
    async with opened(folder, public_url="https://pix.example") as found:
        yield found
