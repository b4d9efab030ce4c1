"""Reading the settings, and saying what is wrong with them."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError

from core.setting_types import PREFIX, SettingsInvalid
from core.settings import ENV_FILE, Settings

_HIDDEN = frozenset({"secret_key", "discord_token", "telegram_token"})
_PASSWORD = re.compile(r"://[^/]*@")
_BOT_TOKEN = re.compile(r"[0-9]+(:|%3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE)
"""In addresses of Telegram's, and in those that people make for its webhook."""


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`; `overrides` win.

    Raises:
        SettingsInvalid: names each wrong variable, what it was and what it may be.
    """
    try:
        return Settings(**overrides)
    except ValidationError as err:
        raise SettingsInvalid("\n".join(_line(error) for error in err.errors())) from err


def _line(error: Any) -> str:
    name = str(error["loc"][0])
    field = Settings.model_fields.get(name)
    given = "(hidden)" if name in _HIDDEN else _shown(error["input"])
    meaning = f" (Meaning: {field.description}.)" if field and field.description else ""
    wrong = error["msg"].removeprefix("Value error, ").removesuffix(".")
    return f"{PREFIX}{name.upper()} is {given}: {wrong}.{meaning}"


def _shown(value: object) -> str:
    return _BOT_TOKEN.sub("(hidden)", _PASSWORD.sub("://(hidden)@", repr(value)))


def unknown_variables() -> list[str]:
    """Sentences on variables with our prefix that name no setting: typing errors, mostly.

    Both the environment and `.env` are looked at.
    """
    known = [name.upper() for name in Settings.model_fields]
    found = []
    for name in sorted({*os.environ, *dotenv_values(ENV_FILE, interpolate=False)}):
        own = name.removeprefix(PREFIX)
        if own != name and own not in known and not own.startswith("TEST_"):
            near = get_close_matches(own, known, n=1)
            hint = f"; did you mean {PREFIX}{near[0]}?" if near else ""
            found.append(f"{name} is no setting of this version{hint}")
    return found
