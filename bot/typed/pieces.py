"""A typed text in pieces: options by name, and the words between them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.options import Flag, Transform, Ttl, Word
from bot.typed.quotes import quoted_at
from core.imaging.transforms.kinds import Choice

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.options import Kind
    from bot.typed.names import Book

_NAME = r"(?:[?&]|--?|[\u2013\u2014])?([^\W\d_][\w\u0300-\u036f-]{0,31})"
_SET = re.compile(rf"{_NAME}(?:[ \t]*(=)|(:)(?!//))[ \t]*")
_UNKNOWN = re.compile(rf"{_NAME}([=:])(?!//)\S")
_BARE = re.compile(rf"{_NAME}(?:[ \t]+(yes|no|true|false|ja|nein))?[,;]?(?!\S)", re.IGNORECASE)
_APART = re.compile(rf"{_NAME}(?!\S)[ \t]*")
_WORD = re.compile(r"\S+")
_BLANK = re.compile(r"\s*")
_PLAIN = re.compile(r"\S*")
_TRANSFORM = re.compile(r"[0-9]+,[0-9]+(?![^\s&;])|[^\s(,;&]*(?:\([^)\n]*\))?")
_BETWEEN = re.compile(r"[,;&]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words as they were typed, or an option.

    Args:
        raw: as it was typed, with the blanks after it.
        name: of the option; empty: a word.
        value: of the option.
        quoted: it was in quotes, so that it is whole.
        bare: a word that may be the name of an option, which means yes.
        unknown: a word that looks like an option; its name.

    """

    raw: str
    name: str = ""
    value: str = ""
    quoted: bool = False
    bare: bool = False
    unknown: str = ""

    def as_word(self) -> Piece:
        return replace(self, name="", value="", bare=False)


def pieces(text: str, book: Book) -> Iterator[Piece]:
    """The pieces of a text; all of it is in their `raw`, but for blanks before it."""
    at = _end(_BLANK, text, 0)
    while at < len(text):
        piece, end = _named(text, at, book) or _bare(text, at, book) or _word(text, at, book)
        end = _end(_BLANK, text, end)
        yield replace(piece, raw=text[at:end])
        at = end


def _named(text: str, at: int, book: Book) -> tuple[Piece, int] | None:
    found = _SET.match(text, at)
    option = found and book.known(found[1], sure=bool(found[2]) or not book.prose)
    if found and option:
        if text[found.end() - 1].isspace() and _starts(text, found, book):
            return Piece("", option.name), found.end()
        return _valued(text, found.end(), option.name, option.kind)
    return None if book.prose else _apart(text, at, book)


def _apart(text: str, at: int, book: Book) -> tuple[Piece, int] | None:
    """An option whose value stands after it, as in `blur 5`, or is missing."""
    found = _APART.match(text, at)
    option = found and book.known(found[1])
    if not found or not option or isinstance(option.kind, Flag):
        return None
    if found.end() < len(text) and not _starts(text, found, book):
        return _valued(text, found.end(), option.name, option.kind)
    if isinstance(option.kind, Transform) and _implied(option.kind):
        return None
    missing = isinstance(option.kind, Transform | Ttl | Word)
    return (Piece("", option.name), found.end()) if missing else None


def _starts(text: str, found: re.Match[str], book: Book) -> bool:
    """Whether an option begins after a name, which then has no value of its own."""
    after = _SET.match(text, found.end())
    return after is not None and book.known(after[1]) is not None


def _valued(text: str, at: int, name: str, kind: Kind) -> tuple[Piece, int]:
    if quoted := quoted_at(text, at):
        return Piece("", name, quoted[0], quoted=True), quoted[1]
    pattern = _TRANSFORM if isinstance(kind, Transform) else _PLAIN
    end = _end(pattern, text, at)
    value = text[at:end]
    return Piece("", name, value), _end(_BETWEEN, text, end)


def _bare(text: str, at: int, book: Book) -> tuple[Piece, int] | None:
    found = _BARE.match(text, at)
    option = found and book.known(found[1])
    if not found or not option or not (value := _implied(option.kind)):
        return None
    if isinstance(option.kind, Flag):
        return Piece("", option.name, found[2] or value, bare=True), found.end()
    return Piece("", option.name, value, bare=True), found.end(1)


def _implied(kind: Kind) -> str:
    """What the name alone says: yes, or the one thing that there is to say."""
    if isinstance(kind, Flag):
        return "true"
    if isinstance(kind, Transform) and isinstance(kind.parameter.kind, Choice):
        words = kind.parameter.kind.words
        return words[0] if len(words) == 1 else ""
    return ""


def _word(text: str, at: int, book: Book) -> tuple[Piece, int]:
    unknown = _UNKNOWN.match(text, at)
    named = unknown[1] if unknown and (unknown[2] == "=" or not book.prose) else ""
    return Piece("", unknown=named), _end(_WORD, text, at)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at
