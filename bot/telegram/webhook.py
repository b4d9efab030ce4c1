"""Updates that Telegram brings to our own server."""

from __future__ import annotations

import asyncio
import hmac
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiohttp import web
from telegram import Update
from telegram.error import BadRequest

from core.setting_types import PREFIX, SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic import SecretStr

    from bot.telegram.client import App

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  its name  # nosec B105
CONNECTIONS = 40

BODY_SECONDS = 10.0
"""How long an update may take to come in."""


class Webhook:
    """Takes updates where an aiohttp application routes them to `handle`.

    Args:
        url: as Telegram reaches it.
        token: the bot's, of which the secret is made: the same in every process.

    """

    def __init__(self, url: str, token: SecretStr) -> None:
        self._url = url
        self._secret = hmac.digest(token.get_secret_value().encode(), b"webhook", "sha256").hex()
        self._app: App | None = None

    async def handle(self, request: web.Request) -> web.Response:
        """Take one update; once this has answered 200 it is safe."""
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(errors="surrogateescape"), self._secret.encode()):
            return web.Response(status=403)
        if self._app is None:
            return web.Response(status=503)  # Telegram tells it again
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        update = _read(body, self._app)
        if update is None:
            return web.Response(status=400)
        await self._app.update_queue.put(update)
        return web.Response()

    @contextmanager
    def taking(self, app: App) -> Iterator[None]:
        """Take updates meanwhile; before and after Telegram is asked to come again."""
        self._app = app
        try:
            yield
        finally:
            self._app = None

    async def tell(self, app: App, wanted: Sequence[str]) -> None:
        """Tell Telegram where to bring updates.

        At the end it is left to bring them: to other processes, or to the next one.

        Raises:
            SettingsInvalid: Telegram does not take the address.
            TelegramError: Telegram is out of reach.
        """
        try:
            await app.bot.set_webhook(
                self._url,
                allowed_updates=list(wanted),
                secret_token=self._secret,
                max_connections=CONNECTIONS,
            )
        except BadRequest as err:
            raise SettingsInvalid(
                f"{PREFIX}TELEGRAM_WEBHOOK_URL is {self._url}: Telegram does not take it "
                f"({err.message}). See docs/telegram.md."
            ) from err


def _read(body: bytes, app: App) -> Update | None:
    """The update that a body tells of; None: it is none, or what the library can't read."""
    try:
        update = Update.de_json(json.loads(body), app.bot)
        update.to_dict()  # as it is written down, which goes deeper than reading does
    except Exception:  # noqa: BLE001  of whatever kind: nesting, times that are none, odd types
        return None
    return update if isinstance(update.update_id, int) else None
