"""Where Telegram delivers to, among the addresses that this server has anyway."""

from __future__ import annotations

from urllib.parse import urlsplit

from core.setting_types import PREFIX


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
