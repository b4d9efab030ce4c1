"""Commands as people type them into a chat: `/upload ttl=1d private A sunny day in Rome`.

For platforms whose commands have no options of their own. Names, quotes and flags are taken as
people write them; what can't be meant is refused with what may have been.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import finding
from bot.commands import BY_NAME, every
from bot.examples import example
from bot.typed.names import Book, known_command, known_part, nearest_command
from bot.typed.pieces import pieces
from bot.typed.words import read_words
from core import words
from core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.asking import Message
    from bot.command import Command
    from bot.languages import Language

NAME_CHARS = 32
_JOINER = "\u2060"
"""What bots put into an address or a hashtag, lest clients make a link of it; people copy it."""

_COMMAND = re.compile(r"/([^\s@/]{1,64}?)(?:@(\w{1,64}))?[.,:;!?]*(?!\S)")
_SET = re.compile(r"\W*[\w-]+=")
_FIRST = re.compile(r"\s*/?(\S{1,64}?)[.,:;!?]*(?!\S)")


@dataclass(frozen=True, slots=True)
class Typed:
    """A command and its options as they came, as `ChatService.run` takes both.

    `name`: its whole name, such as `album create`. `mention`: there was no command, the bot was
    named; so it means the picture that comes with the text, or is in the message replied to.
    """

    name: str
    command: Command
    given: Mapping[str, str]
    mention: bool = False

    def given_at(self, message: Message | None, language: Language) -> Mapping[str, str]:
        """The options, and of a message pointed at the address that was not typed.

        Raises:
            InvalidInput: the command needs another one.

        """
        given = dict(self.given)
        if self.name == "import" and message:
            for url in (*finding.addresses(message.text), *message.links):
                given.setdefault("url", url)
        for option in self.command.options:
            if option.required and option.name not in given:
                shown = f"/{example(self.name, self.command, language)}"
                name = language.option(option.name)
                told = language.text("typed.lacking", option=name, example=shown)
                raise InvalidInput.on("command", told)
        return given


def read_typed(
    text: str, *, me: str, direct: bool, language: Language, here: str | None = None
) -> Typed | None:
    """The command that the text of a message or a caption is; None: it is none for this bot.

    Args:
        text: as it was typed; commands that the platform itself has are no longer in it.
        me: what the bot is called on the platform.
        direct: nobody but the bot is there, so that whatever looks like a command is for it.
        language: what the person reads.
        here: the id of the channel, which `here` means.

    Raises:
        InvalidInput: there is no such command or option, or something in it can't be read.

    """
    text, me = text.replace(_JOINER, "").strip(), me.lstrip("@").casefold()
    if found := _COMMAND.match(text):
        to = (found[2] or "").casefold()
        if to not in {"", me}:
            return None
        rest = text[found.end() :]
        if chosen := _chosen(found[1], rest, language):
            return _typed(*chosen, language, here)
        if direct or to:
            raise _no_command(found[1], language)
        return None
    return _mentioned(text, me, language, here)


def read_given(
    path: str, text: str, *, language: Language, here: str | None = None
) -> dict[str, str]:
    """The options that a text gives to a command, as if it were typed after its name.

    `path`: the command's whole name.

    Raises:
        InvalidInput: there is no such option, or something in it can't be read.

    """
    return read_words(Book(path, dict(every())[path], language), text, here)


def read_caption(text: str, *, language: Language) -> Typed:
    """The upload that a picture means by itself; all of its caption is one, as a rule.

    With an option by name in it, such as `ttl=1d`, it is read as if it stood after the command.

    Raises:
        InvalidInput: it has an option, and something in it can't be read.

    """
    book = Book("upload", BY_NAME["upload"], language)
    if any(each.name and _SET.match(each.raw) for each in pieces(text, book)):
        return Typed(book.path, book.command, read_words(book, text, None))
    return Typed(book.path, book.command, {"caption": text} if text.strip() else {})


def _mentioned(text: str, me: str, language: Language, here: str | None) -> Typed | None:
    """The bot was named: a command after its name, else an upload with what else was said."""
    found = re.search(rf"(?<![\w@/.])@{re.escape(me)}(?!\w)[,:]?", text, re.IGNORECASE)
    if not found:
        return None
    before, after = text[: found.start()], text[found.end() :]
    first = None if before else _FIRST.match(after)
    if first and (chosen := _chosen(first[1], after[first.end() :], language)):
        return _typed(*chosen, language, here)
    book = Book("upload", BY_NAME["upload"], language)
    said = f"{before.rstrip()} {after.lstrip()}".strip()
    return Typed(book.path, book.command, read_words(book, said, here), mention=True)


def _chosen(name: str, rest: str, language: Language) -> tuple[str, Command, str] | None:
    """The command of that name or, of a group, the one of the word after it; and what follows.

    Raises:
        InvalidInput: the group has no such command.
    """
    command = known_command(name)
    if command is None:
        name, _, part = name.partition("_")
        command, rest = known_command(name), f"{part} {rest}"
        if command is None or not command.commands or not part:
            return None
    if not command.commands or not rest.strip():
        return command.name, command, rest
    first, *others = rest.lstrip().split(maxsplit=1)
    part_command = known_part(command, first)
    if part_command is None:
        raise _no_part(command, first, language)
    return f"{command.name} {part_command.name}", part_command, "".join(others)


def _typed(path: str, command: Command, rest: str, language: Language, here: str | None) -> Typed:
    return Typed(path, command, read_words(Book(path, command, language), rest, here))


def _no_command(name: str, language: Language) -> InvalidInput:
    near = nearest_command(name, language)
    told = {"name": words.line(f"/{name}", NAME_CHARS)} | ({"near": f"/{near}"} if near else {})
    return InvalidInput.on("command", language.text(_key("typed.no_command", near), **told))


def _no_part(group: Command, name: str, language: Language) -> InvalidInput:
    near = nearest_command(name, language, group)
    told = {"name": words.line(f"/{language.command(group.name)} {name}", NAME_CHARS)}
    if near:
        told["near"] = f"/{near}"
    else:
        paths = (f"{group.name} {part.name}" for part in group.commands)
        told["all"] = ", ".join(f"/{language.command(path)}" for path in paths)
    return InvalidInput.on("command", language.text(_key("typed.no_part", near), **told))


def _key(key: str, near: str | None) -> str:
    return f"{key}_near" if near else key
