"""What was typed after a command, given to its options."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from bot.options import Reference, no_option
from bot.typed.names import SURE, everywhere, is_prose
from bot.typed.pieces import pieces
from bot.typed.places import placed
from bot.typed.values import value_of
from core.errors import InvalidInput

if TYPE_CHECKING:
    from bot.typed.names import Book
    from bot.typed.pieces import Piece

TOLD_MOST = 5
"""Faults that are told at once."""


def read_words(book: Book, text: str, here: str | None) -> dict[str, str]:
    """The options that a text gives, as they would come by name.

    `here`: the id of the channel in which it was typed.

    Raises:
        InvalidInput: `errors` has each option that there is not, or is given twice, and what else
            can't be read.
    """
    sorting = _Sorting(book, _settled(book, list(pieces(text, book))))
    given = sorting.named
    if sorting.free.strip() and not sorting.errors:
        given |= placed(book, sorting.open, given, sorting.free)
    if sorting.errors:
        raise InvalidInput(errors=dict(islice(sorting.errors.items(), TOLD_MOST)))
    values = {name: value_of(book, name, value, here) for name, value in given.items()}
    return {name: value for name, value in values.items() if value is not None}


def _settled(book: Book, found: list[Piece]) -> list[Piece]:
    """Pieces of which each is an option or a word.

    The bare name of a flag is an option before all words, after all, or after another option;
    among words it is one of them, and so it is where the command would lack just that.
    """
    needs = set(book.command.essential) & set(book.command.typed)
    if needs and not needs & _named(found) and all(each.name for each in found):
        return [each.as_word() if each.bare else each for each in found]
    options = [bool(each.name) for each in found]
    first = options.index(False) if False in options else len(options)
    last = len(options) - options[::-1].index(False) if False in options else 0
    return [
        each.as_word()
        if each.bare and first < at < last and not _follows_option(found, at)
        else each
        for at, each in enumerate(found)
    ]


def _follows_option(found: list[Piece], at: int) -> bool:
    return bool(found[at - 1].name) and not found[at - 1].bare


def _named(found: list[Piece]) -> set[str]:
    return {each.name for each in found if each.name}


class _Sorting:
    """Sorts pieces into `named`, options by name, and `free`, the words beside them.

    `open`: options that take those, since they were not given by name.
    """

    def __init__(self, book: Book, found: list[Piece]) -> None:
        self.named: dict[str, str] = {}
        self.free = ""
        self.errors: dict[str, list[str]] = {}
        self.open = [name for name in book.command.typed if name not in _named(found)]
        self._book = book
        self._into = self._last = ""  # options with which words may go on
        for piece in found:
            if piece.name:
                self._option(piece)
            elif not self._refused(piece):
                self._word(piece.raw)
        self._close(self._last)

    def _option(self, piece: Piece) -> None:
        name = piece.name
        self._into = ""
        if name in self.named:
            self.errors[name] = ["It is given more than once."]
            return
        blanks = piece.raw[len(piece.raw.rstrip()) :]
        self.named[name] = piece.value
        if not piece.quoted and is_prose(self._book.kind(name)):
            self._close(self._last)
            self._last = name
            self.named[name] += blanks
            self._into = name if self._takes_all(name) else ""
        elif "\n" in blanks and self.free and not self.free.endswith("\n"):
            self.free = self.free.rstrip() + blanks

    def _takes_all(self, name: str) -> bool:
        """Whether words after an option are its own; those of a title that is named may be."""
        text = not isinstance(self._book.kind(name), Reference)
        wanted = any(is_prose(self._book.kind(each)) for each in self.open)
        return text or not wanted or bool(self.free.strip())

    def _word(self, raw: str) -> None:
        into = self._into or (not self.open and self._last)
        if into:
            self.named[into] += raw
        else:
            self.free += raw

    def _refused(self, piece: Piece) -> bool:
        """Whether it is an option that there is not, rather than a word that looks like one."""
        name, book = piece.unknown, self._book
        if not name:
            return False
        near = book.nearest(name, SURE if book.prose else 0.6)
        leads = not self.free.strip() and not self._into
        if near or not book.prose or (leads and name.casefold() in everywhere()):
            self.errors[name] = [no_option(name, near)]
            return True
        return False

    def _close(self, name: str) -> None:
        if name:
            self.named[name] = self.named[name].strip()
