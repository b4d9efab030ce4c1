"""What the doctor finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.setting_types import PREFIX


class Level(StrEnum):
    """How bad it is; WRONG alone makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence on one subject, and where it is not well what to do."""

    level: Level
    text: str
    advice: str = ""
    subject: str = ""


def ok(text: str) -> Finding:
    return Finding(Level.OK, text)


def warning(text: str, advice: str) -> Finding:
    return Finding(Level.WARNING, text, advice)


def out_of_chats_reach(base: str) -> Finding:
    """That chats can't follow links which begin so."""
    return warning(
        f"Chats can't reach {base}: the bot attaches pictures, and links work nearby alone.",
        f"Set {PREFIX}PUBLIC_URL to an address that the internet reaches.",
    )


def wrong(text: str, advice: str = "") -> Finding:
    """`text` may come from a failure, with or without its full stop."""
    ended = text if text.endswith((".", ")", "?", "!")) else f"{text}."
    return Finding(Level.WRONG, ended, advice)
