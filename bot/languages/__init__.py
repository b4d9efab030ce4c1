"""What bots say in each language: a file each, English the one that all others follow."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.texts import Span, Words

FOLDER = Path(__file__).parent
SENTENCES = FOLDER / "sentences"
ENGLISH = "en"
_COMMAND = re.compile(r"(?<![\w/.])/([a-z]+)((?: [a-z]+)?)(?![\w/])")
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Language:
    """The texts of one language, by dotted names: its own, and with English for what it lacks.

    `sentences` has what the core says, which is in English, in this language. `localized`: commands
    and options are called by their names in it, as their platform shows them. `joint` is what
    stands between the words of a command.
    """

    code: str
    own: Mapping[str, str]
    texts: Mapping[str, str]
    sentences: tuple[tuple[re.Pattern[str], str], ...] = ()
    localized: bool = False
    joint: str = " "

    def say(self, key: str, **values: Span | Words | int) -> Words:
        """A text with its places filled in, whatever fills them staying what it is."""
        return tuple(self._spans(self.texts[key], values))

    def text(self, key: str, **values: str | int) -> str:
        """Likewise, where there is room for plain text alone: a button's label."""
        return _PLACE.sub(lambda place: str(values[place[1]]), self.texts[key])

    def command(self, path: str) -> str:
        """What a command is called, such as `album create`."""
        words = path.split()
        keys = (".".join(words[: end + 1]) for end in range(len(words)))
        names = (f"commands.{key}.name" for key in keys) if self.localized else words
        return self.joint.join(
            self.own.get(name, word) for name, word in zip(names, words, strict=True)
        )

    def option(self, name: str) -> str:
        """What an option is called."""
        return self.own.get(f"names.{name}", name) if self.localized else name

    def naming(self, *, localized: bool, joint: str) -> Language:
        """The same, with commands called so in all its texts."""
        named = replace(self, localized=localized, joint=joint)

        def called(text: str) -> str:
            return _COMMAND.sub(lambda found: f"/{_known(named, found)}", text)

        return replace(
            named,
            texts={key: called(text) for key, text in self.texts.items()},
            sentences=tuple((pattern, called(text)) for pattern, text in self.sentences),
        )

    def told(self, sentence: str) -> str:
        """A sentence of the core's in this language, if it has it, with its places filled in."""
        for pattern, template in self.sentences:
            if found := pattern.fullmatch(sentence):
                return _PLACE.sub(lambda place: found[place[1]], template)
        return sentence

    def known(self, key: str) -> str | None:
        """The text of that name, if there is one."""
        return self.texts.get(key)

    def _spans(self, template: str, values: Mapping[str, Span | Words | int]) -> Iterator[Span]:
        start = 0
        for place in _PLACE.finditer(template):
            if place.start() > start:
                yield template[start : place.start()]
            value = values[place[1]]
            if isinstance(value, tuple):
                yield from value
            else:
                yield str(value) if isinstance(value, int) else value
            start = place.end()
        if start < len(template):
            yield template[start:]


def _known(language: Language, found: re.Match[str]) -> str:
    """The command that a text names; a word after it may be one of its own, or something else."""
    first, second = found[1], found[2]
    if f"commands.{first}.doc" not in language.texts:
        return f"{first}{second}"
    if second and f"commands.{first}.{second.strip()}.doc" in language.texts:
        return language.command(f"{first}{second}")
    return f"{language.command(first)}{second}"


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """Every language, by its code; what it lacks stands in English."""
    found = {path.stem: dict(_flat(tomllib.loads(path.read_text()))) for path in _files()}
    return {
        code: Language(code, texts, found[ENGLISH] | texts, tuple(_sentences(code)))
        for code, texts in found.items()
    }


def language_for(locale: str | None, *, localized: bool = False, tapped: bool = False) -> Language:
    """What somebody reads whose locale is, say, `de-AT`; English where we have nothing.

    `localized`: with the names of commands and options, too. `tapped`: with commands of one word
    each, such as `/album_create`.
    """
    code = (locale or ENGLISH).partition("-")[0].lower()
    return _language(code if code in languages() else ENGLISH, localized, tapped)


@lru_cache
def _language(code: str, localized: bool, tapped: bool) -> Language:
    found = languages()[code]
    return found.naming(localized=localized, joint="_" if tapped else " ")


def _sentences(code: str) -> Iterator[tuple[re.Pattern[str], str]]:
    """Patterns of English sentences, those with most of their own words first."""
    file = SENTENCES / f"{code}.toml"
    table: dict[str, str] = tomllib.loads(file.read_text()) if file.exists() else {}
    for english in sorted(table, key=lambda each: -len(_PLACE.sub("", each))):
        parts = _PLACE.split(english)
        pattern = "".join(
            f"(?P<{part}>.+?)" if number % 2 else re.escape(part)
            for number, part in enumerate(parts)
        )
        yield re.compile(pattern, re.DOTALL), table[english]


def _files() -> list[Path]:
    return sorted(FOLDER.glob("*.toml"))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, str):
            yield prefix + name, value
        else:
            yield from _flat(value, f"{prefix}{name}.")
