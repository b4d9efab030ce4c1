"""The bots: with the server, or each in a process of its own."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import click
import structlog

from core.setting_types import PREFIX, SettingsInvalid
from pixferry.webhook import open_webhook

if TYPE_CHECKING:
    from bot.telegram.webhook import Webhook
    from core.bootstrap import Core

log = structlog.get_logger("pixferry")


async def start_bots(stack: AsyncExitStack, core: Core, webhook: Webhook | None) -> list[str]:
    """Start each bot whose token is set; gives their names. `webhook`: Telegram's, if it is served.

    Raises:
        SettingsInvalid: a platform does not know the token.
    """
    started = []
    if core.settings.discord_token:
        from bot.discord.running import chatting

        await stack.enter_async_context(chatting(core))
        started.append("Discord")
    if core.settings.telegram_token:
        from bot.telegram import running

        await stack.enter_async_context(running.chatting(core, webhook))
        started.append("Telegram")
    if started:
        _warn_if_out_of_reach(core)
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
            await _until(stopped, connection)


async def run_telegram(core: Core) -> None:
    """Be on Telegram until told to stop; listen, if Telegram is to deliver what happens.

    Raises:
        SettingsInvalid: there is no token, or Telegram does not know it; or the address can't be
            listened on.
    """
    if core.settings.telegram_token is None:
        raise SettingsInvalid(f"{PREFIX}TELEGRAM_TOKEN is not set: see docs/telegram.md.")
    from bot.telegram import running
    from pixferry.server import serving_alone, stopping

    webhook = open_webhook(core.settings)
    with stopping() as stopped:
        async with AsyncExitStack() as stack:
            if webhook:
                port = await stack.enter_async_context(serving_alone(core, webhook))
                click.echo(f"Listening on port {port} for what Telegram delivers.")
            connection = await stack.enter_async_context(running.chatting(core, webhook))
            _warn_if_out_of_reach(core)
            click.echo("On Telegram.")
            await _until(stopped, connection)


async def _until(stopped: asyncio.Event, connection: asyncio.Task[None]) -> None:
    """Wait until told to stop, or until the platform shuts the bot out, which is raised."""
    told = asyncio.create_task(stopped.wait())
    await asyncio.wait({told, connection}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if connection.done():
        connection.result()
    click.echo("Stopping; what was asked for is answered first.")


def _warn_if_out_of_reach(core: Core) -> None:
    if not core.urls.reachable:
        log.warning(
            "links in chats work nearby alone, and bots attach pictures in place of previews: set "
            "PIXFERRY_PUBLIC_URL to an address that the internet reaches",
            links_begin_with=core.urls.public,
        )
