"""The kinds of options that commands take: read from what people give, described to platforms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.belongings import is_none
from bot.languages import ENGLISH, languages
from core.embed_rules import read_buttons
from core.errors import InvalidInput
from core.fields import check_text, parse_ttl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from bot.asking import File
    from core import embeds
    from core.imaging.transforms.table import Parameter

Values: TypeAlias = "Mapping[str, Any]"
"""Options by name, as their kinds have read them; those that were not given are absent."""

_YES = frozenset({"true", "yes", "on", "1", "ja", "an"})
_NO = frozenset({"false", "no", "off", "0", "nein", "aus"})
_NUMBER = re.compile(r"-?[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class Text:
    """Words of at most `most` characters.

    `check` is the rule of what it is; `clears`: `none` and the like say that there shall be none;
    `word`: there are no blanks in it, as in an address.
    """

    most: int = 2_000
    lines: bool = False
    check: Callable[[str], str] | None = None
    clears: bool = False
    word: bool = False

    def read(self, given: str) -> str:
        """The text, if it is one that we keep; empty: there shall be none.

        Raises:
            ValueError: it is too long, or has what no such text may have.
        """
        if self.clears and (not given or is_none(given)):
            return ""
        check_text(given, self.most)
        return self.check(given) if self.check else given


@dataclass(frozen=True, slots=True)
class Buttons:
    """Link buttons of an embed profile, in one text."""

    def read(self, given: str) -> tuple[embeds.Button, ...]:
        return () if is_none(given) else read_buttons(given)


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def read(self, given: str) -> bool:
        word = given.strip().lower()
        if word not in _YES | _NO:
            raise ValueError("It must be true or false.")
        return word in _YES


def is_yes(given: str | None) -> bool:
    """Whether a flag was given and set."""
    return (given or "").strip().lower() in _YES


@dataclass(frozen=True, slots=True)
class Ttl:
    """How long an image lives; `never` makes it permanent, where the plan allows it."""

    def read(self, given: str) -> timedelta | None:
        word = given.strip().lower()
        if word in NEVER:
            return None
        try:
            return parse_ttl(word)
        except ValueError as err:
            raise ValueError(_TTL) from err


NEVER = frozenset({"never", "none", "nie"})
_TTL = "ttl must be a span such as 30m, 12h, 7d or 2w, from 5 minutes to 90 days, or never."


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, given: str) -> str:
        word = given.strip().lower()
        if word not in self.words:
            near = get_close_matches(word, self.words, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise ValueError(f"It must be one of {', '.join(self.words)}.{hint}")
        return word


@dataclass(frozen=True, slots=True)
class Attached:
    """A picture that comes with the command."""

    def read(self, given: File) -> File:
        return given


@dataclass(frozen=True, slots=True)
class Reference:
    """Something of the person's, by what they call it; platforms complete it from what there is.

    `of`: `image` (a link with its transforms, or an id), `album`, `embed` or `key`.
    """

    of: str

    def read(self, given: str) -> str:
        return given.strip()


@dataclass(frozen=True, slots=True)
class Id:
    """A platform's own id of something of its: a channel."""

    def read(self, given: str) -> str:
        if not _NUMBER.fullmatch(given):
            raise ValueError("There is no such channel here.")
        return given


@dataclass(frozen=True, slots=True)
class Transform:
    """A parameter of the one table of transforms."""

    parameter: Parameter

    def read(self, given: str) -> str:
        """What was given, if the table allows it.

        Raises:
            ValueError: it does not.
        """
        text = given.strip().lower()
        try:
            self.parameter.kind.canonical(text)
        except ValueError as err:
            raise ValueError(f"It may be {self.parameter.kind.allowed}.") from err
        return text


Kind: TypeAlias = Text | Buttons | Flag | Ttl | Word | Attached | Reference | Id | Transform


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a command."""

    name: str
    kind: Kind
    required: bool = False


def read_options(options: tuple[Option, ...], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, read by its kinds.

    Raises:
        InvalidInput: `errors` has every option at fault, those that there are not, too.
    """
    known = {option.name: option for option in options}
    values: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, text in given.items():
        option = known.get(name)
        if option is None:
            errors[name] = [no_option(name, get_close_matches(name, known, n=1))]
            continue
        try:
            values[name] = option.kind.read(text)
        except ValueError as err:
            errors[name] = [str(err)]
    for name, option in known.items():
        if option.required and name not in given:
            errors[name] = [f"{name} is needed."]
    if errors:
        raise InvalidInput(errors=errors)
    return values


def no_option(name: str, near: list[str]) -> str:
    """What is said of an option that there is not; `near` may have the one that is meant."""
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"There is no option {name[:32]!r}.{hint}"


def option_text(path: str, name: str) -> str:
    """The name of the text that describes an option: its command's own, else one for all.

    `path`: the command's name; of a subcommand `group.name`.
    """
    own = f"commands.{path}.options.{name}"
    return own if languages()[ENGLISH].known(own) else f"options.{name}"
