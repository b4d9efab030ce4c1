"""How the bot is told of what happens: polling or a webhook, and its end."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram_platform.refusals import bad
from telegram_platform.webhook import Webhook, check_webhook_url

if TYPE_CHECKING:
    from telegram_platform.bodies import Form
    from telegram_platform.stand_in import Telegram

SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
CONNECTIONS_MAX = 100


async def get_updates(telegram: Telegram, form: Form) -> list[dict]:
    updates = telegram.updates
    updates.allow(form.json("allowed_updates", list))
    wait = form.number("timeout")
    there = form.values["still_there"]
    return await updates.poll(form.number("offset"), form.number("limit", 100), wait, there)


async def set_webhook(telegram: Telegram, form: Form) -> bool:
    url = form.text("url")
    if not url:
        return await delete_webhook(telegram, form)
    check_webhook_url(url)
    secret = form.text("secret_token")
    if secret and not SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    connections = form.number("max_connections", 40)
    if not 1 <= connections <= CONNECTIONS_MAX:
        raise bad(f"max_connections must be from 1 to {CONNECTIONS_MAX}")
    updates = telegram.updates
    updates.allow(form.json("allowed_updates", list))
    await _end(telegram)
    if form.flag("drop_pending_updates"):
        updates.clear()
    for update in updates.pending:
        update.not_before = 0  # what an earlier address did not take is tried at this one at once
    updates.webhook = Webhook(url, updates, secret, connections)
    updates.changed.fire()
    updates.webhook.pump()
    return True


async def delete_webhook(telegram: Telegram, form: Form) -> bool:
    await _end(telegram)
    if form.flag("drop_pending_updates"):
        telegram.updates.clear()
    return True


async def get_webhook_info(telegram: Telegram, _: Form) -> dict:
    updates = telegram.updates
    hook = updates.webhook
    info = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": len(updates.pending),
    }
    if hook is not None:
        info["max_connections"] = hook.connections
        if hook.last_error is not None:
            info["last_error_date"], info["last_error_message"] = hook.last_error
    if updates.allowed is not None:
        info["allowed_updates"] = sorted(updates.allowed)
    return info


async def _end(telegram: Telegram) -> None:
    hook, telegram.updates.webhook = telegram.updates.webhook, None
    if hook is not None:
        await hook.end()


async def log_out(telegram: Telegram, _: Form) -> bool:
    """The bot moves to a server of its own; this one knows it no longer."""
    telegram.logged_out = True
    return True


async def close(telegram: Telegram, _: Form) -> bool:
    return True


METHODS = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "logOut": log_out,
    "close": close,
}
