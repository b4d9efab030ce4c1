"""Starting and stopping the Telegram bot."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING

import structlog
from telegram import Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application

from bot.staying import PAUSES, staying
from bot.telegram.client import FINISH_SECONDS, TelegramBot
from bot.telegram.limits import limiter_of
from bot.telegram.mailbox import Mailbox
from bot.telegram.menus import tell_menus
from bot.telegram.polling import Polling
from core.chats import Platform
from core.setting_types import PREFIX, SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.telegram.client import App
    from bot.telegram.webhook import Webhook
    from core.bootstrap import Core

log = structlog.get_logger("pixferry.telegram")

STOP_SECONDS = FINISH_SECONDS + 5
"""How long the bot may take to stop: it has answers to finish first."""

WANTED = (Update.MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY)

CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 20.0
"""How long Telegram may take. It takes longer over a picture than the library's five seconds; and
what it did, although nobody waited for its answer, is done again."""


@asynccontextmanager
async def chatting(core: Core, webhook: Webhook | None = None) -> AsyncIterator[asyncio.Task[None]]:
    """Be on Telegram meanwhile; at the end what was asked for is answered first.

    `webhook`: where updates come in; without one they are asked for. Gives the task that does it:
    it ends by itself only if Telegram does not know the bot.

    Raises:
        SettingsInvalid: Telegram does not know the token.
    """
    told = asyncio.Event()

    async def leave(connection: asyncio.Task[None]) -> None:
        told.set()
        await asyncio.wait({connection}, timeout=STOP_SECONDS)  # it may ask for something still

    stay = partial(_stay, core, webhook, told)
    async with staying("Telegram", stay, leave) as connection:
        yield connection


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
        .updater(None)
        .job_queue(None)
        .update_queue(mailbox)
        .connect_timeout(CONNECT_SECONDS)
        .read_timeout(ANSWER_SECONDS)
        .write_timeout(ANSWER_SECONDS)
        .pool_timeout(ANSWER_SECONDS)
        .build()
    )


async def _stay(
    core: Core, webhook: Webhook | None, told: asyncio.Event, known: asyncio.Event
) -> None:
    """Take updates until told to stop; then finish what was asked."""
    mailbox = Mailbox(core.inbox)
    app = application(core, mailbox)
    try:
        if await _until_it_works(app.initialize, known, told):
            core.platforms.note(Platform.TELEGRAM, app.bot.username)
            await _work(TelegramBot(core, mailbox, app), app, webhook, known, told)
    except InvalidToken:
        raise SettingsInvalid(
            f"{PREFIX}TELEGRAM_TOKEN is (hidden): Telegram does not know it. Copy it again "
            "from BotFather: /mybots, API Token."
        ) from None  # the library's words name the token
    finally:
        await app.shutdown()
        await app.bot.shutdown()  # where the application never began


async def _work(
    bot: TelegramBot,
    app: App,
    webhook: Webhook | None,
    known: asyncio.Event,
    told: asyncio.Event,
) -> None:
    await app.start()
    watching = asyncio.create_task(bot.mailbox.watch())
    telling = asyncio.create_task(tell_menus(app.bot))
    try:
        if webhook:
            await _be_told(app, webhook, known, told)
        else:
            await _ask(app, bot.mailbox, known, told)
    finally:
        telling.cancel()
        await bot.close()
        watching.cancel()
        await asyncio.wait({telling, watching})  # what they ask of Telegram ends first
        await app.stop()


async def _be_told(app: App, webhook: Webhook, known: asyncio.Event, told: asyncio.Event) -> None:
    """Take what Telegram brings until told to stop."""
    with webhook.taking(app):
        if await _until_it_works(partial(webhook.tell, app, WANTED), known, told):
            known.set()
            await told.wait()


async def _ask(app: App, mailbox: Mailbox, known: asyncio.Event, told: asyncio.Event) -> None:
    """Ask Telegram for updates until told to stop."""
    if not await _until_it_works(app.bot.delete_webhook, known, told):
        return
    known.set()
    polling = asyncio.create_task(Polling(app.bot, mailbox, WANTED).run())
    ending = asyncio.create_task(told.wait())
    try:
        await asyncio.wait({polling, ending}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        ending.cancel()
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling


async def _until_it_works(
    ask: Callable[[], Awaitable[object]], known: asyncio.Event, told: asyncio.Event
) -> bool:
    """Ask something of Telegram, however long it is away; False: told to stop before.

    Raises:
        InvalidToken: Telegram does not know the bot.
    """
    for pause in chain(PAUSES, repeat(60)):
        try:
            await ask()
        except InvalidToken:
            raise
        except TelegramError as err:
            log.warning("Telegram is out of reach", reason=err.message, again_in=pause)
        else:
            return True
        known.set()
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), pause)
            return False
    return False
