"""The kinds of values that transforms take: read from text, written canonically, described.

Each has a sentence (`doc`) of at most 100 characters, which is what Discord shows of an option;
`shown`, the values by which the documentation shows what it does to a picture; and `beside`,
what else must be asked for to see that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, NewType, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Channel = NewType("Channel", float)
"""One colour channel of one pixel, 0 to 255. A function of it becomes a lookup table."""

_NUMBER = re.compile(r"\d{1,3}(\.\d{1,6})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,5}", re.ASCII)
_PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal between two bounds, rounded half up to two places."""

    low: int
    high: int
    neutral: frozenset[float]
    doc: str
    shown: tuple[str, ...]
    beside: str = ""

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        return f"a number from {self.low} to {self.high}"

    @property
    def schema(self) -> dict[str, Any]:
        """The value in JSON Schema."""
        return {"type": "number", "minimum": self.low, "maximum": self.high}

    def canonical(self, text: str) -> str | None:
        """The value's one spelling; None where it changes nothing.

        Raises:
            ValueError: it is none.
        """
        if not _NUMBER.fullmatch(text):
            raise ValueError(text)
        value = Decimal(text)
        if not self.low <= value <= self.high:
            raise ValueError(text)
        rounded = value.quantize(_PLACES, ROUND_HALF_UP).normalize()
        return None if float(rounded) in self.neutral else f"{rounded:f}"

    def value(self, canonical: str) -> float:
        """What the transform is given."""
        return float(canonical)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two bounds."""

    low: int
    high: int
    neutral: frozenset[int]
    doc: str
    shown: tuple[str, ...]
    beside: str = ""

    @property
    def allowed(self) -> str:
        return f"a whole number from {self.low} to {self.high}"

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def canonical(self, text: str) -> str | None:
        if not _WHOLE.fullmatch(text) or not self.low <= int(text) <= self.high:
            raise ValueError(text)
        return None if int(text) in self.neutral else str(int(text))

    def value(self, canonical: str) -> int:
        return int(canonical)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words. `also` are other spellings; `lenient`: other words change nothing.

    Unless `few` are named, all words are shown.
    """

    words: tuple[str, ...]
    doc: str
    neutral: frozenset[str] = frozenset()
    also: Mapping[str, str] | None = None
    lenient: bool = False
    few: tuple[str, ...] = ()
    beside: str = ""

    @property
    def shown(self) -> tuple[str, ...]:
        return self.few or self.words

    @property
    def allowed(self) -> str:
        return ", ".join(self.words)

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}

    def canonical(self, text: str) -> str | None:
        word = (self.also or {}).get(text, text)
        if word not in self.words:
            if self.lenient and text:
                return None
            raise ValueError(text)
        return None if word in self.neutral else word

    def value(self, canonical: str) -> str:
        return canonical


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour as CSS writes it; canonically `#rrggbb` or `#rrggbbaa`. A clear one is none."""

    doc: str
    shown: tuple[str, ...]
    beside: str = ""
    neutral: frozenset[str] = frozenset()

    @property
    def allowed(self) -> str:
        return "a CSS colour: a name, #rgb, #rrggbb, #rrggbbaa, rgb() or rgba()"

    @property
    def schema(self) -> dict[str, Any]:
        return {"type": "string", "maxLength": 64}

    def canonical(self, text: str) -> str | None:
        from core.imaging.transforms.css_colour import read_colour

        red, green, blue, alpha = read_colour(text)
        if alpha == 0:
            return None
        return f"#{red:02x}{green:02x}{blue:02x}" + ("" if alpha == 255 else f"{alpha:02x}")  # noqa: PLR2004

    def value(self, canonical: str) -> tuple[int, int, int, int]:
        """Red, green, blue and alpha, 0 to 255."""
        red, green, blue, *alpha = bytes.fromhex(canonical[1:])
        return red, green, blue, alpha[0] if alpha else 255


Kind: TypeAlias = Number | Whole | Choice | Colour
