"""Words that were typed without a name, given to the options that take such."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from bot.belongings import is_none
from bot.examples import example
from bot.options import Text, Transform
from bot.typed.names import SURE, is_image
from bot.typed.quotes import unquoted
from core import words
from core.errors import InvalidInput
from core.ids import MEDIA_ID
from core.imaging.transforms.kinds import Choice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.options import Kind
    from bot.typed.names import Book

TOLD_CHARS = 60
_WORD = re.compile(r"\S+")
_LINK = re.compile(r"(?:[^\s/]+/)+[1-9A-Za-z]{10}(?:[.?#]\S*)?")


def placed(book: Book, places: list[str], named: Mapping[str, str], text: str) -> dict[str, str]:
    """What the words give to those places, each in its turn.

    Raises:
        InvalidInput: nothing takes them.
    """
    given: dict[str, str] = {}
    others = [name for name in places if not is_image(book.kind(name))]
    for name in places:
        if name not in others:
            text = _take(text, given, name, _is_surely_image if others else _is_image)
    for name in others[:-1]:
        text = _take(text, given, name, _is_address) if "://" in text else text
        text = text if name in given else _take(text, given, name, bool)
    if others and text.strip():
        given[others[-1]] = _whole(book, others[-1], text.strip())
        return given
    text = _choices(book, {**named, **given}, given, text)
    return given | _rest(book, [name for name in places if name not in given], text.strip())


def _is_image(word: str) -> bool:
    """Whether a word is a link or an id."""
    bare = word.strip("<>,;")
    return "://" in bare or any(each.fullmatch(bare) for each in (_LINK, MEDIA_ID))


def _is_surely_image(word: str) -> bool:
    """Likewise, among words, of which some look like ids."""
    bare = word.strip("<>,;")
    plain = bare.isalpha() and bare[1:].islower()
    return _is_image(word) and not plain


def _is_address(word: str) -> bool:
    return "://" in word


def _take(text: str, given: dict[str, str], name: str, wanted: Callable[[str], bool]) -> str:
    """Move the first word that is wanted out of the text."""
    for found in _WORD.finditer(text):
        if wanted(found[0]):
            given[name] = found[0]
            before, after = text[: found.start()], text[found.end() :]
            return before + after.lstrip(" \t") if before.strip() else after.lstrip()
    return text


def _whole(book: Book, name: str, text: str) -> str:
    """Without quotes around it; those of a caption may be its own."""
    kind = book.kind(name)
    own = isinstance(kind, Text) and kind.lines
    return text if own else unquoted(text) or text


def _choices(book: Book, taken: Iterable[str], given: dict[str, str], text: str) -> str:
    """Give words that one transform alone knows, such as `webp`, to it; the text without them."""
    left = []
    for word in text.split():
        name = _chosen(book, word.strip(",;").lower())
        if name and name not in taken and name not in given:
            given[name] = word.strip(",;")
        else:
            left.append(word)
    return " ".join(left)


def _chosen(book: Book, word: str) -> str | None:
    fit = [name for name, option in book.options.items() if word in _known_words(option.kind)]
    return fit[0] if len(fit) == 1 and not is_none(word) else None


def _known_words(kind: Kind) -> set[str]:
    """What may be said to a transform that takes one of a few words."""
    choice = kind.parameter.kind if isinstance(kind, Transform) else None
    return {*choice.words, *(choice.also or ())} if isinstance(choice, Choice) else set()


def _rest(book: Book, places: list[str], text: str) -> dict[str, str]:
    """A single word may be meant as an image, whatever it looks like."""
    if not text:
        return {}
    say, told = book.language.text, words.line(text, TOLD_CHARS).replace("`", "'")
    if len(text.split()) == 1:
        if near := _near(book, text.lower()):
            raise InvalidInput.on("command", say("typed.unreadable_near", words=told, near=near))
        if places:
            return {places[0]: text}
    shown = f"/{example(book.path, book.command, book.language)}"
    raise InvalidInput.on("command", say("typed.unreadable", words=told, example=shown))


def _near(book: Book, word: str) -> str | None:
    """What may be meant by a word: one that a transform knows, or an option's name."""
    there = [each for option in book.options.values() for each in _known_words(option.kind)]
    there += [name for name in book.options if name not in book.command.typed]
    return next(iter(get_close_matches(word, there, n=1, cutoff=SURE)), None)
