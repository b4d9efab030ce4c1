"""By which names our bots are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.chats import Platform


class Platforms:
    """What our bot is called on each platform, as far as it is there in this process."""

    def __init__(self) -> None:
        self._names: dict[Platform, str] = {}

    def note(self, platform: Platform, name: str) -> None:
        """Our bot has learnt what it is called there."""
        self._names[platform] = name

    def name_on(self, platform: Platform) -> str | None:
        """What it is called there; None: it is not there, or in another process."""
        return self._names.get(platform)
