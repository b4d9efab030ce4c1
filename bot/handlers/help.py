"""What there is, told from the table of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.examples import example
from bot.options import Attached, option_text
from bot.replies import Reply
from bot.texts import Bold, Code, joined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.command import Command
    from bot.options import Option, Values
    from bot.texts import Words
    from bot.turn import Turn


async def help_(turn: Turn, options: Values, commands: Iterable[Command]) -> Reply:
    """A line for each command, or all of one."""
    wanted = options.get("command")
    if wanted is None:
        lines = [_line(turn, command.name, command.name) for command in commands]
        lines += _typing(turn, commands)
        told = [turn.say("help.head"), *lines, turn.say("help.more")]
        return Reply(joined(told), quiet=True)
    command = next(each for each in commands if each.name == wanted)
    return Reply(joined(list(_whole(turn, command))), quiet=True)


async def welcome(turn: Turn) -> Reply:
    """What is said to who comes for the first time: what to do, not all that there is."""
    return Reply(turn.say("help.welcome"), quiet=True)


def _typing(turn: Turn, commands: Iterable[Command]) -> Iterable[Words]:
    """How options are given, where they are typed: by the first command."""
    if turn.ask.typed:
        first = next(iter(commands))
        shown = example(first.name, first, turn.ask.language)
        yield turn.say("help.typed", example=Code(f"/{shown}"))


def _whole(turn: Turn, command: Command) -> Iterable[Words]:
    """A command, its options, and those that it has below it."""
    yield _line(turn, command.name, command.name)
    if command.administers:
        yield turn.say("help.administers")
    yield from _example(turn, command.name, command)
    yield from (_option(turn, command.name, option) for option in _options(turn, command))
    told: set[tuple[str, str]] = set()
    for part in command.commands:
        path = f"{command.name}.{part.name}"
        yield _line(turn, f"{command.name} {part.name}", path)
        yield from _example(turn, f"{command.name} {part.name}", part)
        there = _options(turn, part)
        named = {option: (option.name, _doc(turn, path, option)) for option in there}
        again = ", ".join(option.name for option, name in named.items() if name in told)
        yield from (_option(turn, path, option) for option in named if named[option] not in told)
        if again:
            yield turn.say("help.again", options=Code(again))
        told.update(named.values())


def _options(turn: Turn, command: Command) -> list[Option]:
    """Those that can be given there: files come with what is typed, not in it."""
    return [
        option
        for option in command.options
        if not (turn.ask.typed and isinstance(option.kind, Attached))
    ]


def _example(turn: Turn, path: str, command: Command) -> Iterable[Words]:
    """How it is typed, where it is and has more than its name."""
    if turn.ask.typed and command.options:
        shown = example(path, command, turn.ask.language)
        yield turn.say("help.example", example=Code(f"/{shown}"))


def _line(turn: Turn, name: str, path: str) -> Words:
    called = turn.ask.language.command(name)
    return turn.say("help.line", command=Bold(f"/{called}"), doc=turn.text(f"commands.{path}.doc"))


def _option(turn: Turn, path: str, option: Option) -> Words:
    key = "help.required" if option.required else "help.option"
    return turn.say(
        key, option=Code(turn.ask.language.option(option.name)), doc=_doc(turn, path, option)
    )


def _doc(turn: Turn, path: str, option: Option) -> str:
    """As it is: there may be placeholders of embed profiles in it."""
    return turn.ask.language.known(option_text(path, option.name)) or ""
