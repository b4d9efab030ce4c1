"""The bot on Telegram as a program, and its answers as people read them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

import servers

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = "/telegram/updates"


def settings_of(telegram, **changes):
    return {"telegram_token": telegram.token, "telegram_api_url": telegram.url} | changes


def variables_of(telegram, **changes):
    return {name.upper(): value for name, value in settings_of(telegram, **changes).items()}


@asynccontextmanager
async def program(folder, telegram, command="up", port=None, **settings):
    """The program as a process of its own; ended in the end, as Ctrl-C does."""
    told = variables_of(telegram) | settings
    start = asyncio.to_thread(servers.start, folder, command=command, port=port, **told)
    server = await start
    try:
        yield server
    finally:
        if server.process.poll() is None:
            assert await asyncio.to_thread(server.stop) == 0


def links(message) -> list[str]:
    """The links to images in a message, in their order."""
    return [link for link in dict.fromkeys(message.links) if "/a/" not in link]


def asks(message) -> bool:
    """Whether it asks for a reply, as a client shows it."""
    return bool((message.data.get("reply_markup") or {}).get("force_reply"))


def seen(message) -> str:
    """What a message says, as readers see it: without what keeps clients from making links."""
    return message.text.replace("\u2060", "")
