"""What commands and options are called by who types them: by their names in every language."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from bot.commands import BY_NAME, COMMANDS, every
from bot.languages import languages
from bot.options import Attached, Buttons, Reference, Text
from core.imaging.transforms.table import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.command import Command
    from bot.languages import Language
    from bot.options import Kind, Option

SURE = 0.65
"""How near a name must be to one that there is, where it may be part of a text, too."""

_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "-": "_"})


def spelled(name: str) -> str:
    """The one spelling of a name: however its case, umlauts and hyphens are typed.

    >>> spelled("Löschen"), spelled("loeschen"), spelled("author-name")
    ('loeschen', 'loeschen', 'author_name')
    """
    return unicodedata.normalize("NFC", name).casefold().translate(_PLAIN)


def known_command(name: str) -> Command | None:
    """The command of that name."""
    return BY_NAME.get(_commands("").get(spelled(name), ""))


def known_part(group: Command, name: str) -> Command | None:
    """The command of that name in a group."""
    wanted = _commands(f"{group.name}.").get(spelled(name))
    return next((part for part in group.commands if part.name == wanted), None)


def nearest_command(name: str, language: Language, group: Command | None = None) -> str | None:
    """What a command is called that may have been meant, of those in the group or of all."""
    there = group.commands if group else COMMANDS
    prefix = f"{group.name}." if group else ""
    by_name = {
        spelled(language.own.get(f"commands.{prefix}{each.name}.name", each.name)): each.name
        for each in there
    } | {spelled(each.name): each.name for each in there}
    near = get_close_matches(spelled(name), by_name, n=1)
    path = f"{prefix}{by_name[near[0]]}".replace(".", " ") if near else ""
    return language.command(path) if path else None


@lru_cache
def _commands(prefix: str) -> Mapping[str, str]:
    """Names of commands by their spellings, English ones first; `prefix`: of a group's."""
    group = prefix.rstrip(".")
    names = [each.name for each in (BY_NAME[group].commands if group else COMMANDS)]
    found = {
        spelled(language.own.get(f"commands.{prefix}{name}.name", name)): name
        for language in languages().values()
        for name in names
    }
    return found | {spelled(name): name for name in names}


@lru_cache(maxsize=1)
def everywhere() -> frozenset[str]:
    """The names of all options of all commands."""
    names = {option.name for _, command in every() for option in command.options}
    return frozenset(names | PARAMETERS.keys())


@dataclass(frozen=True)
class Book:
    """A command's options by what they are called; `path`: its whole name."""

    path: str
    command: Command
    language: Language

    @cached_property
    def options(self) -> Mapping[str, Option]:
        """Those that can be typed."""
        there = self.command.options
        return {one.name: one for one in there if not isinstance(one.kind, Attached)}

    @cached_property
    def prose(self) -> bool:
        """Whether it takes words that may look like anything: a caption, a title."""
        return any(is_prose(self.kind(name)) for name in self.command.typed)

    def kind(self, name: str) -> Kind:
        return self.options[name].kind

    def known(self, name: str, *, sure: bool = True) -> Option | None:
        """The option of that name; where not sure that it is one, in the person's language."""
        names = self._names if sure else self._own
        return self.options.get(names.get(spelled(name), ""))

    def nearest(self, name: str, cutoff: float = 0.6) -> list[str]:
        """What the option is called that may have been meant."""
        near = get_close_matches(spelled(name), self._own, n=1, cutoff=cutoff)
        return [self.language.option(self._own[one]) for one in near]

    @cached_property
    def _own(self) -> Mapping[str, str]:
        return self._called([self.language])

    @cached_property
    def _names(self) -> Mapping[str, str]:
        return self._called(languages().values())

    def _called(self, those: Iterable[Language]) -> Mapping[str, str]:
        found = {
            spelled(language.own.get(f"names.{name}", name)): name
            for language in those
            for name in self.options
        }
        return found | {spelled(name): name for name in self.options}


def is_prose(kind: Kind) -> bool:
    """Whether it is several words, as people write them."""
    if isinstance(kind, Text):
        return not kind.word
    return isinstance(kind, Buttons) or (isinstance(kind, Reference) and not is_image(kind))


def is_image(kind: Kind) -> bool:
    return isinstance(kind, Reference) and kind.of == "image"
