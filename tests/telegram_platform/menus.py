"""The menu of commands as somebody is shown it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telegram_platform.stand_in import Telegram
    from telegram_platform.world import Account, Chat


def offered(telegram: Telegram, account: Account, chat: Chat) -> dict[str, str]:
    """The commands of the narrowest scope that has some, in the person's language if it has."""
    language = (account.language or "")[:2]
    for scope in _scopes(account, chat):
        for spoken in (language, ""):
            commands = telegram.commands.get((scope, spoken))
            if commands:
                return {one["command"]: one["description"] for one in commands}
    return {}


def _scopes(account: Account, chat: Chat) -> list[str]:
    if not chat.is_group:
        return [f"chat {chat.id}", "all_private_chats", "default"]
    manages = chat.status_of(account) in {"creator", "administrator"}
    return [
        f"chat_member {chat.id} {account.id}",
        *([f"chat_administrators {chat.id}"] if manages else []),
        f"chat {chat.id}",
        *(["all_chat_administrators"] if manages else []),
        "all_group_chats",
        "default",
    ]
