"""What somebody waits for: the answer to a tap, or to what was typed after the bot's name."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from signals import Signal


class NotOffered(AssertionError):
    """The person could not do that: no such button, or it is not shown to them."""


class NotAnswered(AssertionError):
    """The bot said nothing in time."""


@dataclass(eq=False)
class Waiting:
    id: str
    life: float  # seconds for an answer
    repeat: int = 1
    answered: bool = False
    changed: Signal = field(default_factory=Signal)
    since: float = field(default_factory=time.monotonic)

    @property
    def late(self) -> bool:
        return time.monotonic() - self.since > self.life

    async def _come(self, seconds: float, what: str) -> None:
        if not await self.changed.until(lambda: self.answered, seconds):
            raise NotAnswered(what)


@dataclass(eq=False)
class Tap(Waiting):
    """A button was tapped; the client shows a clock until that is answered."""

    label: str = ""
    text: str = ""
    alert: bool = False
    url: str = ""

    def answer(self, text: str, *, alert: bool, url: str) -> None:
        self.text, self.alert, self.url, self.answered = text, alert, url, True
        self.changed.fire()

    async def end(self, seconds: float, complaints: list) -> Tap:
        await self._come(seconds, f"the tap on {self.label!r} was not answered: {complaints}")
        return self


@dataclass(eq=False)
class InlineAnswer:
    """The results that are shown, as the bot gave them."""

    results: list[dict]
    button: dict | None = None
    next_offset: str = ""
    cache_time: int = 300
    personal: bool = False
    cached: bool = False  # the platform had it still, and did not ask the bot

    @property
    def titles(self) -> list[str]:
        return [one.get("title", "") for one in self.results]


@dataclass(eq=False)
class Typing(Waiting):
    query: str = ""
    given: InlineAnswer | None = None

    def answer(self, given: InlineAnswer) -> None:
        self.given, self.answered = given, True
        self.changed.fire()

    async def end(self, seconds: float, complaints: list) -> InlineAnswer:
        await self._come(seconds, f"{self.query!r} got no results: {complaints}")
        return self.given
