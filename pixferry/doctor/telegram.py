"""Whether Telegram, or a Bot API server of one's own, lets the bot in, and how it is told."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import aiohttp

from core.chat_urls import TELEGRAM_API, origin
from core.setting_types import PREFIX
from core.urls import is_reachable
from pixferry.doctor.findings import Finding, ok, out_of_chats_reach, warning, wrong
from pixferry.webhook import path_refusal

if TYPE_CHECKING:
    from core.settings import Settings

_TIMEOUT = aiohttp.ClientTimeout(total=5)
_URL = f"{PREFIX}TELEGRAM_WEBHOOK_URL"
_UNKNOWN = (401, 404)
"""What is answered to a token that is nobody's, and to one that is none."""

_FAULTS = 500
"""Its own, and above it those of what stands before it, which says so by a page."""

_RECENT = 3_600
"""Seconds for which a delivery that failed is worth a word; it may have been a restart."""

_MANY = 100
"""Updates that wait, beyond which somebody should look."""


class _Refused(Exception):
    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.description = description


async def check(settings: Settings) -> list[Finding]:
    """Ask the Bot API who the bot is, and what it knows of the webhook."""
    if settings.telegram_token is None:
        return _without_token(settings)
    base = f"{settings.telegram_api_url}/bot{settings.telegram_token.get_secret_value()}"
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as http:
            bot = await _call(http, f"{base}/getMe")
            hook = await _call(http, f"{base}/getWebhookInfo")
    except _Refused as err:
        return [_refusal(settings, err)]
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return [_out_of_reach(settings)]
    found = [
        ok(f"It lets the bot in as @{bot.get('username')}. {_groups(bot)} {_inline(bot)}"),
        *_delivery(settings, hook),
        *_files(settings),
    ]
    if not is_reachable(settings.public_base):
        found.append(out_of_chats_reach(settings.public_base))
    return found


async def _call(http: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with http.get(url) as answer:
        if answer.status >= _FAULTS:
            raise _Refused(answer.status, "")
        said = await answer.json(content_type=None)
        if not isinstance(said, dict):
            raise ValueError  # noqa: TRY004  of the answer, not of an argument
        if not said.get("ok"):
            raise _Refused(answer.status, str(said.get("description", "")))
        return dict(said["result"])


def _without_token(settings: Settings) -> list[Finding]:
    if settings.telegram_webhook_url is None:
        return [ok(f"{PREFIX}TELEGRAM_TOKEN is not set: there is no Telegram bot.")]
    return [
        warning(
            f"{_URL} is set, and {PREFIX}TELEGRAM_TOKEN is not: there is no Telegram bot.",
            "Set the token that BotFather gives, or neither.",
        )
    ]


def _out_of_reach(settings: Settings) -> Finding:
    api = settings.telegram_api_url
    if api == TELEGRAM_API:
        return wrong("Telegram is out of reach.", "See whether this machine reaches the internet.")
    return wrong(
        f"No Bot API answers at {api}.",
        f"See whether your Bot API server runs, and what {PREFIX}TELEGRAM_API_URL says.",
    )


def _refusal(settings: Settings, err: _Refused) -> Finding:
    if err.status in _UNKNOWN:
        return wrong(
            f"{PREFIX}TELEGRAM_TOKEN: {settings.telegram_api_url} does not know it.",
            "Copy it again from BotFather: /mybots, API Token.",
        )
    if err.description.endswith("Logged out"):
        return wrong(
            "The bot has moved to a Bot API server of its own, and was asked for elsewhere.",
            f"Let {PREFIX}TELEGRAM_API_URL name that server; or log out there, and wait ten "
            "minutes.",
        )
    return warning(f"Telegram answers with status {err.status}.", "Try again later.")


def _groups(bot: dict[str, Any]) -> str:
    """What the bot is told in groups."""
    if not bot.get("can_join_groups", True):
        return "Nobody may add it to groups (BotFather: /setjoingroups)."
    if bot.get("can_read_all_group_messages"):
        return "In groups it is told of every message (privacy mode is off)."
    return "In groups it is told of commands, mentions and replies to it (privacy mode is on)."


def _inline(bot: dict[str, Any]) -> str:
    if bot.get("supports_inline_queries"):
        return "Inline mode is on."
    return "Inline mode is off (BotFather: /setinline)."


def _delivery(settings: Settings, hook: dict[str, Any]) -> list[Finding]:
    """How the bot gets to know what happens, by the settings and as Telegram has it."""
    wanted, known = settings.telegram_webhook_url, str(hook.get("url", ""))
    waiting = int(hook.get("pending_update_count", 0))
    found = [_agreement(wanted, known)]
    if wanted and (refused := path_refusal(wanted)):
        found = [wrong(refused)]
    failed = str(hook.get("last_error_message", ""))
    if known and failed and time.time() - int(hook.get("last_error_date", 0)) < _RECENT:
        found.append(
            warning(
                f"Telegram could not deliver lately: {failed}.",
                "See whether the internet reaches the address, whether its certificate is a "
                "public authority's, and whether the bot runs.",
            )
        )
    if waiting > _MANY:
        found.append(
            warning(
                f"{waiting} updates wait at Telegram, which forgets them after a day.",
                "See whether the bot runs.",
            )
        )
    return found


def _agreement(wanted: str | None, known: str) -> Finding:
    # Of an address that is not ours no more than its host: others put their token into the path.
    if not wanted and not known:
        return ok("It asks Telegram for what happens (polling), which one process alone may do.")
    if wanted == known:
        return ok(f"Telegram delivers to {known}.")
    if not known:
        return warning(
            f"Telegram does not know of {wanted} yet.",
            "The bot's start tells it; else see its log.",
        )
    if not wanted:
        return warning(
            f"Telegram delivers to {origin(known)}, while {_URL} is not set.",
            "The bot's start ends that. If it comes again, another program has the same token.",
        )
    return warning(
        f"Telegram delivers to an address at {origin(known)}, while {_URL} is {wanted}.",
        "The bot's start tells it. If it changes back, another program has the same token.",
    )


def _files(settings: Settings) -> list[Finding]:
    if settings.telegram_local_mode:
        return [
            ok(
                "Files of any size that the plans allow are read from this disk, where the Bot API "
                "server (--local) puts them."
            )
        ]
    if settings.telegram_api_url == TELEGRAM_API:
        return []
    return [
        ok(
            "Files of up to 20 MB come by way of the Bot API server; for larger ones it takes "
            f"{PREFIX}TELEGRAM_LOCAL_MODE."
        )
    ]
