"""Names and descriptions of commands in people's languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.languages import ENGLISH, languages

if TYPE_CHECKING:
    import discord


def told(key: str, message: str | None = None) -> app_commands.locale_str:
    """A text of the languages, in English where nothing else is known."""
    return app_commands.locale_str(message or languages()[ENGLISH].texts[key], key=key)


class LanguageTranslator(app_commands.Translator):
    """Finds texts in the languages' files."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        _: app_commands.TranslationContextTypes,
    ) -> str | None:
        """The text in that language; None: it has none of its own."""
        known = languages().get(locale.value.partition("-")[0])
        if known is None or known.code == ENGLISH:
            return None
        return known.own.get(string.extras.get("key", ""))
