"""Commands as people type them, for tests of how they are read."""

from __future__ import annotations

import pytest

from bot.commands import every
from bot.languages import language_for, languages
from bot.typed import read_typed
from core.errors import InvalidInput

ME, HERE = "Pixferry_Bot", "-1001234"
EN, DE = language_for("en"), language_for("de")
ID = "AbCdEfGhJk"
PATHS = dict(every())
LANGUAGES = list(languages().values())


def typed(text, *, direct=True, language=EN, here=HERE):
    return read_typed(text, me=ME, direct=direct, language=language, here=here)


def read(text, **how):
    """The whole name of the command that a text is, and its options."""
    found = typed(text, **how)
    assert found.command is PATHS[found.name]
    return found.name, dict(found.given)


def refusal(text, **how):
    """What is wrong with a text, by field."""
    with pytest.raises(InvalidInput) as caught:
        typed(text, **how)
    return caught.value.errors
