"""The menus of commands that Telegram shows while somebody types, in each language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from telegram import BotCommand
from telegram.error import TelegramError

from bot.commands import COMMANDS
from bot.languages import ENGLISH, languages

if TYPE_CHECKING:
    from telegram.ext import ExtBot

log = structlog.get_logger("pixferry.telegram")


async def tell_menus(bot: ExtBot[Any]) -> None:
    """Tell Telegram of the commands; that it is away is no reason not to start."""
    for code, language in languages().items():
        commands = [
            BotCommand(command.name, language.text(f"commands.{command.name}.doc"))
            for command in COMMANDS
            if f"commands.{command.name}.doc" in language.texts
        ]
        try:
            await bot.set_my_commands(commands, language_code=None if code == ENGLISH else code)
        except TelegramError as err:
            log.warning("commands not told", error=type(err).__name__, language=code)
