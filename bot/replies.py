"""What bots show, whatever the platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.texts import Words


ID_BYTES = 60
"""Of an action and its target together: platforms give them back, and the strictest takes 64."""


def _check(action: str, target: str) -> None:
    assert len(f"{action}{target}".encode()) <= ID_BYTES, (action, target)


class Style(StrEnum):
    """How much a button stands out."""

    PLAIN = "plain"
    MAIN = "main"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Button:
    """A button that does something of `bot.actions`, to the target that it names."""

    label: str
    action: str
    target: str = ""
    style: Style = Style.PLAIN
    enabled: bool = True

    def __post_init__(self) -> None:
        """Hold the platforms' limit."""
        _check(self.action, self.target)


@dataclass(frozen=True, slots=True)
class LinkButton:
    """A button that opens an address."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class CopyButton:
    """A button that copies a text, where the platform has such; else it is left out."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several things: the label that people see, the value that we get."""

    label: str
    value: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Menu:
    """A choice of one; its action is given the value.

    `whole`: action and target that give the reply anew of which it is a part, so that a platform
    without menus can open it there.
    """

    label: str
    action: str
    target: str
    choices: tuple[Choice, ...]
    whole: tuple[str, str] | None = None

    def __post_init__(self) -> None:
        """Hold the platforms' limit."""
        for choice in self.choices:
            _check(self.action, self.target + choice.value)
        if self.whole:
            _check(*self.whole)


Control = Button | LinkButton | CopyButton | Menu


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a form asks for; `files` is how many pictures it takes, 0: it takes text.

    `most`: characters that a text may have, as far as the platform can be told.
    """

    name: str
    label: str
    value: str = ""
    hint: str = ""
    required: bool = False
    lines: bool = False
    files: int = 0
    most: int = 4_000


@dataclass(frozen=True, slots=True)
class Form:
    """Asks for more, where the platform can; its action is given the fields by name.

    `command`: the whole name of one that has them as options, where they are typed.
    """

    title: str
    action: str
    target: str
    fields: tuple[Field, ...]
    command: str = ""

    def __post_init__(self) -> None:
        """Hold the platforms' limit."""
        _check(self.action, self.target)


@dataclass(frozen=True, slots=True)
class Display:
    """A picture with what is said of it.

    Args:
        url: where the platform can fetch it; None: it can't, see `data`.
        data: the picture itself, to be attached, with `name`.
        size: pixels across and down; none: not known.
        page: where it leads.
        title: of one line.
        words: below it.
        colour: `#rrggbb`.
        author: who shared it, and their address.
        spoiler: veiled until somebody wants to see it.

    """

    page: str
    alt: str
    url: str | None = None
    data: bytes | None = field(default=None, repr=False)
    name: str = ""
    size: tuple[int, int] | None = None
    title: str = ""
    words: Words = ()
    colour: str | None = None
    author: str | None = None
    author_url: str | None = None
    spoiler: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What is shown. `private`: nobody else may read it than who asked.

    `quiet`: nobody else cares to, so it is for who asked alone where that costs the platform no
    message elsewhere. `failed`: it says that what was asked for was not done, so it takes no
    message's place. `controls_alone`: of a message whose place it takes, words and pictures stay.
    """

    words: Words = ()
    pictures: tuple[Display, ...] = ()
    controls: tuple[tuple[Control, ...], ...] = ()
    private: bool = False
    quiet: bool = False
    failed: bool = False
    controls_alone: bool = False
    form: Form | None = None
