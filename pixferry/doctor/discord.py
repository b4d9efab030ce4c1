"""Whether Discord lets the bot in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp

from core.setting_types import PREFIX
from core.urls import is_reachable
from pixferry.doctor.findings import Finding, ok, out_of_chats_reach, warning, wrong

if TYPE_CHECKING:
    from core.settings import Settings

_TIMEOUT = aiohttp.ClientTimeout(total=5)
_OK, _UNAUTHORIZED = 200, 401
_CONTENT = 1 << 18 | 1 << 19
"""Flags of an application whose Message Content Intent is on (in few servers, in many)."""


async def check(settings: Settings) -> list[Finding]:
    """Ask Discord for the bot's application."""
    if settings.discord_token is None:
        return [ok(f"{PREFIX}DISCORD_TOKEN is not set: there is no Discord bot.")]
    headers = {"Authorization": f"Bot {settings.discord_token.get_secret_value()}"}
    url = f"{settings.discord_api_url}/oauth2/applications/@me"
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as http,
            http.get(url, headers=headers) as answer,
        ):
            status = answer.status
            application = await answer.json() if status == _OK else {}
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return [wrong("Discord is out of reach.", "See whether this machine reaches the internet.")]
    if status == _UNAUTHORIZED:
        return [
            wrong(
                f"{PREFIX}DISCORD_TOKEN: Discord does not know it.",
                "Copy it again from the bot's page of the developer portal.",
            )
        ]
    if status != _OK:
        return [warning(f"Discord answers with status {status}.", "Try again later.")]
    found = [ok(f"It lets the bot in as {application.get('name')}.")]
    if settings.discord_message_content and not application.get("flags", 0) & _CONTENT:
        found.append(
            wrong(
                f"{PREFIX}DISCORD_MESSAGE_CONTENT is true, and the intent is off at Discord.",
                "Turn on `Message Content Intent` on the bot's page of the developer portal.",
            )
        )
    if not is_reachable(settings.public_base):
        found.append(out_of_chats_reach(settings.public_base))
    return found
