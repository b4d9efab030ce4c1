"""What bots say: texts of spans, so that nothing that a person typed can become markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Bold:
    """Text that stands out."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Text to be copied as it is: an id, a command."""

    text: str


@dataclass(frozen=True, slots=True)
class Address:
    """A link that shows itself, without a preview."""

    url: str


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody wrote, of as many lines as it has."""

    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, shown as far from now as it is, where a platform can."""

    time: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """A date, as its readers write it, where a platform can."""

    time: datetime


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel by its platform's id, shown by its name.

    `called`: what stands for it where the platform shows no names; else its id.
    """

    id: str
    called: str = ""


Span: TypeAlias = str | Bold | Code | Address | Quote | Moment | Day | Channel
Words: TypeAlias = tuple[Span, ...]


def joined(parts: list[Words], between: str = "\n") -> Words:
    """Several texts as one; empty ones are left out."""
    found: list[Span] = []
    for part in parts:
        if part:
            found.extend((between, *part) if found else part)
    return tuple(found)
