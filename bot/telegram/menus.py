"""The menus of commands that Telegram shows while somebody types: for each place and language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from telegram import (
    BotCommand,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError

from bot.commands import COMMANDS
from bot.languages import ENGLISH, languages

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram import BotCommandScope
    from telegram.ext import ExtBot

    from bot.command import Command
    from bot.languages import Language

log = structlog.get_logger("pixferry.telegram")

_PLACES: tuple[tuple[BotCommandScope, Callable[[Command], bool]], ...] = (
    (BotCommandScopeDefault(), lambda one: not one.administers),
    (BotCommandScopeAllGroupChats(), lambda one: not (one.administers or one.personal)),
    (BotCommandScopeAllChatAdministrators(), lambda one: not one.personal),
)
"""Where a menu is shown, and which commands it has there. All others work, too."""


async def tell_menus(bot: ExtBot[Any]) -> None:
    """Tell Telegram of the commands where it knows others.

    That Telegram is away is no reason not to start.
    """
    for code, language in languages().items():
        spoken = None if code == ENGLISH else code  # English is for all who have none of their own
        for scope, is_shown in _PLACES:
            wanted = _menu(language, is_shown)
            try:
                if tuple(wanted) != await bot.get_my_commands(scope, spoken):
                    await bot.set_my_commands(wanted, scope, spoken)
            except TelegramError as err:
                log.warning("commands not told", error=type(err).__name__, language=code)


def _menu(language: Language, is_shown: Callable[[Command], bool]) -> list[BotCommand]:
    return [
        BotCommand(command.name, language.text(f"commands.{command.name}.doc"))
        for command in COMMANDS
        if is_shown(command)
    ]
