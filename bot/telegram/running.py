"""Starting and stopping the Telegram bot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.ext import Application

from bot.telegram.client import FINISH_SECONDS, TelegramBot
from bot.telegram.limits import limiter_of
from bot.telegram.mailbox import Mailbox
from bot.telegram.menus import tell_menus
from core.setting_types import PREFIX, SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.telegram.client import App
    from bot.telegram.webhook import Webhook
    from core.bootstrap import Core

log = structlog.get_logger("pixferry.telegram")

FIRST_TRY = 10.0
"""Seconds that a start waits to learn whether Telegram knows the bot; if Telegram is away, the rest
of the server does not wait for it."""

STOP_SECONDS = FINISH_SECONDS + 5
"""How long the bot may take to stop: it has answers to finish first."""

WANTED = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY)
POLL_SECONDS = 30
_PAUSES = (1, 2, 5, 10, 30)


@asynccontextmanager
async def chatting(core: Core, webhook: Webhook | None = None) -> AsyncIterator[asyncio.Task[None]]:
    """Be on Telegram meanwhile; at the end what was asked for is answered first.

    `webhook`: where updates come in; without one they are asked for. Gives the task that does it:
    it ends by itself only if Telegram does not know the bot.

    Raises:
        SettingsInvalid: Telegram does not know the token.
    """
    known, told = asyncio.Event(), asyncio.Event()
    staying = asyncio.create_task(_stay(core, webhook, known, told))
    staying.add_done_callback(_tell)
    first = asyncio.create_task(known.wait())
    try:
        await asyncio.wait({staying, first}, timeout=FIRST_TRY, return_when=asyncio.FIRST_COMPLETED)
        if staying.done():
            staying.result()
        yield staying
    finally:
        first.cancel()
        told.set()
        await asyncio.wait({staying}, timeout=STOP_SECONDS)
        staying.cancel()  # which asks Telegram for something still, and gets no answer
        with suppress(asyncio.CancelledError, SettingsInvalid):
            await staying


def application(core: Core, mailbox: Mailbox) -> App:
    """The library's, for the Bot API of the settings."""
    settings = core.settings
    token, base = settings.telegram_token, settings.telegram_api_url
    assert token
    return (
        Application.builder()
        .token(token.get_secret_value())
        .base_url(f"{base}/bot")
        .base_file_url(f"{base}/file/bot")
        .local_mode(settings.telegram_local_mode)
        .rate_limiter(limiter_of(core))
        .concurrent_updates(True)
        .update_queue(mailbox)
        .build()
    )


async def _stay(
    core: Core, webhook: Webhook | None, known: asyncio.Event, told: asyncio.Event
) -> None:
    """Take updates until told to stop; then finish what was asked."""
    mailbox = Mailbox(core.inbox)
    app = application(core, mailbox)
    if not await _until_it_works(partial(_log_in, app), known, told):
        return
    bot = TelegramBot(core, mailbox, app)
    await app.start()
    mailbox.serve(app.bot)
    watching = asyncio.create_task(mailbox.watch())
    telling = asyncio.create_task(tell_menus(app.bot))
    try:
        async with _receiving(app, webhook, known, told):
            known.set()
            await told.wait()
    finally:
        telling.cancel()
        watching.cancel()
        await bot.close()
        await app.stop()
        await app.shutdown()


async def _log_in(app: App) -> None:
    """Learn who the bot is."""
    try:
        await app.initialize()
    except InvalidToken as err:
        raise SettingsInvalid(
            f"{PREFIX}TELEGRAM_TOKEN is (hidden): Telegram does not know it. Copy it again "
            "from BotFather: /mybots, API Token."
        ) from err


async def _until_it_works(
    ask: Callable[[], Awaitable[None]], known: asyncio.Event, told: asyncio.Event
) -> bool:
    """Ask something of Telegram, however long it is away; False: told to stop before."""
    for pause in chain(_PAUSES, repeat(60)):
        try:
            await ask()
        except TelegramError as err:
            log.warning("Telegram is out of reach", reason=err.message, again_in=pause)
        else:
            return True
        known.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), pause)
            return False
    return False


@asynccontextmanager
async def _receiving(
    app: App, webhook: Webhook | None, known: asyncio.Event, told: asyncio.Event
) -> AsyncIterator[None]:
    """Have updates come in meanwhile."""
    if webhook:
        with webhook.taking(app):
            await _until_it_works(partial(webhook.tell, app, WANTED), known, told)
            yield
        return
    assert app.updater
    await app.updater.start_polling(
        timeout=POLL_SECONDS,
        bootstrap_retries=-1,
        allowed_updates=list(WANTED),
        error_callback=_complain,
    )
    try:
        yield
    finally:
        await app.updater.stop()


def _complain(err: TelegramError) -> None:
    if isinstance(err, Conflict):
        log.error("another process asks for this bot's updates: one alone may, or use a webhook")
    else:
        log.warning("no updates", error=type(err).__name__)


def _tell(staying: asyncio.Task[None]) -> None:
    """Say why the bot is no longer on Telegram, where nobody has told it to stop."""
    if not staying.cancelled() and (err := staying.exception()):
        log.error("the bot has left Telegram", reason=str(err))
