"""The menu of commands, for each scope and language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telegram_platform.bodies import Form
from telegram_platform.entities import units
from telegram_platform.refusals import bad
from telegram_platform.targets import chat_of

if TYPE_CHECKING:
    from telegram_platform.stand_in import Telegram

COMMANDS_MAX, DESCRIPTION_MAX = 100, 256
NAME = re.compile(r"[a-z0-9_]{1,32}")
LANGUAGE = re.compile(r"([a-z]{2})?")
SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
CHAT_SCOPES = {"chat", "chat_administrators", "chat_member"}


async def set_my_commands(telegram: Telegram, form: Form) -> bool:
    commands = form.json("commands", list) or []
    if len(commands) > COMMANDS_MAX:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        _check(one)
    names = [one["command"] for one in commands]
    if len(set(names)) < len(names):
        raise bad("BOT_COMMAND_INVALID: a name is doubled")
    telegram.commands[_place(telegram, form)] = commands
    telegram.changed.fire()
    return True


async def get_my_commands(telegram: Telegram, form: Form) -> list[dict]:
    return telegram.commands.get(_place(telegram, form), [])


async def delete_my_commands(telegram: Telegram, form: Form) -> bool:
    telegram.commands.pop(_place(telegram, form), None)
    return True


def _check(command: object) -> None:
    if not isinstance(command, dict):
        raise bad("can't parse BotCommand: expected an Object")
    name, description = command.get("command"), command.get("description")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise bad(f"BOT_COMMAND_INVALID: {name!r}")
    if not isinstance(description, str) or not 1 <= units(description) <= DESCRIPTION_MAX:
        raise bad(f"BOT_COMMAND_DESCRIPTION_INVALID: {name!r}")


def _place(telegram: Telegram, form: Form) -> tuple[str, str]:
    """Scope and language that commands are kept by."""
    language = form.text("language_code")
    if not LANGUAGE.fullmatch(language):
        raise bad("language_code is invalid")
    scope = form.json("scope", dict) or {"type": "default"}
    kind = scope.get("type")
    if kind in SCOPES:
        return str(kind), language
    if kind not in CHAT_SCOPES:
        raise bad("can't parse BotCommandScope: unsupported type specified")
    chat = chat_of(telegram, Form(scope))
    member = f" {scope.get('user_id')}" if kind == "chat_member" else ""
    return f"{kind} {chat.id}{member}", language


METHODS = {
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
}
