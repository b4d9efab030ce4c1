"""Values as options take them, from how people type them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.belongings import is_none
from bot.options import Flag, Id, Transform, Ttl, Word
from bot.typed.names import is_image, known_command
from core.errors import InvalidInput
from core.imaging.transforms.kinds import Number

if TYPE_CHECKING:
    from bot.typed.names import Book

_HERE = frozenset({"here", "hier", "this"})
_NOWHERE = frozenset({"off", "aus", "nowhere", "nirgends", "never", "nie"})
_DECIMAL = re.compile(r"[0-9]+,[0-9]+")
_CHANNEL = re.compile(r"-?[0-9]{1,20}")


def value_of(book: Book, name: str, given: str, here: str | None) -> str | None:
    """What an option is given; None: nothing.

    Raises:
        InvalidInput: it is a channel that can't be named so.
    """
    kind = book.kind(name)
    if isinstance(kind, Id):
        return _channel(book, name, given.strip(",;").casefold(), here)
    if isinstance(kind, Word):
        return _word(kind, given.strip(",;"))
    if isinstance(kind, Transform) and isinstance(kind.parameter.kind, Number):
        return given.replace(",", ".") if _DECIMAL.fullmatch(given) else given
    if isinstance(kind, Flag | Ttl) or is_image(kind):
        return given.strip(",;")
    return given


def _channel(book: Book, name: str, word: str, here: str | None) -> str | None:
    if is_none(word) or word in _NOWHERE:
        return None
    if word in _HERE and here:
        return here
    if _CHANNEL.fullmatch(word):
        return word
    raise InvalidInput.on(name, book.language.text("typed.channel"))


def _word(kind: Word, given: str) -> str:
    """One of the words; a command's in any language, where they are commands."""
    first = given.lstrip("/").split(maxsplit=1)[:1]
    command = known_command(first[0]) if first else None
    return command.name if command and command.name in kind.words else given
