"""Where Telegram delivers to, among the addresses that this server has anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.setting_types import PREFIX, SettingsInvalid

if TYPE_CHECKING:
    from aiohttp import web

    from bot.telegram.webhook import Webhook
    from core.settings import Settings


def open_webhook(settings: Settings) -> Webhook | None:
    """What takes what Telegram delivers; None: the bot asks for it, or there is no bot.

    Raises:
        SettingsInvalid: this server has that address for something else.
    """
    token, url = settings.telegram_token, settings.telegram_webhook_url
    if token is None or url is None:
        return None
    if refused := path_refusal(url):
        raise SettingsInvalid(refused)
    from bot.telegram.webhook import Webhook

    return Webhook(url, token)


def route(app: web.Application, settings: Settings, webhook: Webhook) -> None:
    """Have an application take what is delivered."""
    path = settings.telegram_webhook_path
    assert path
    app.router.add_post(path, webhook.handle)


def path_refusal(url: str) -> str | None:
    """A sentence, if the path of this address begins as addresses of this server do."""
    from api.app import begins_as_ours

    path = urlsplit(url).path
    if not begins_as_ours(path):
        return None
    return (
        f"{PREFIX}TELEGRAM_WEBHOOK_URL is {url}: this server has other things at "
        f"/{path.split('/')[1]}. Choose another path, such as /telegram/updates."
    )
