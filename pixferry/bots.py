"""The bots: with the server, or each in a process of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click
import structlog

from core.setting_types import PREFIX, SettingsInvalid

if TYPE_CHECKING:
    from contextlib import AsyncExitStack

    from core.bootstrap import Core

log = structlog.get_logger("pixferry")


async def start_bots(stack: AsyncExitStack, core: Core) -> list[str]:
    """Start each bot whose token is set; gives their names.

    Raises:
        SettingsInvalid: a platform does not know the token.
    """
    started = []
    if core.settings.discord_token:
        from bot.discord.running import chatting

        await stack.enter_async_context(chatting(core))
        started.append("Discord")
    if started and not core.urls.reachable:
        log.warning(
            "links in chats work nearby alone, and bots attach pictures in place of previews: set "
            "PIXFERRY_PUBLIC_URL to an address that the internet reaches",
            links_begin_with=core.urls.public,
        )
    return started


async def run_discord(core: Core, *, sync: bool) -> None:
    """Be on Discord until told to stop; with `sync` tell it of the commands alone.

    Raises:
        SettingsInvalid: there is no token, or Discord does not know it.
    """
    if core.settings.discord_token is None:
        raise SettingsInvalid(f"{PREFIX}DISCORD_TOKEN is not set: see docs/discord.md.")
    from bot.discord import running
    from pixferry.server import stopping

    if sync:
        click.echo(f"Discord knows {await running.sync(core)} commands now.")
        return
    with stopping() as stopped:
        async with running.chatting(core) as connection:
            click.echo("On Discord.")
            told = asyncio.create_task(stopped.wait())
            await asyncio.wait({told, connection}, return_when=asyncio.FIRST_COMPLETED)
            if connection.done():
                connection.result()
            click.echo("Stopping; what was asked for is answered first.")
