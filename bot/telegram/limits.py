"""How fast the bot may write, as Telegram has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telegram.ext import AIORateLimiter

if TYPE_CHECKING:
    from core.bootstrap import Core

RETRIES = 5


def limiter_of(_: Core) -> AIORateLimiter:
    """Waits before what would be too fast, and again as long as Telegram says."""
    return AIORateLimiter(max_retries=RETRIES)
