"""The one table of commands, the same on every platform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.handlers import help, images, transforms, uploads  # noqa: A004  a module of ours
from bot.options import Attached, Flag, Option, Reference, Text, Transform, Ttl, Values
from bot.parameters import OFFERED
from bot.replies import Reply
from bot.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.asking import Ask
    from bot.replies import Form

Handler = Callable[[Turn, Values], Awaitable[Reply]]

IMAGE = Option("image", Reference("image"))
CAPTION = Option("caption", Text(lines=True))
TTL = Option("ttl", Ttl())
PRIVATE = Option("private", Flag())
ALBUM = Option("album", Reference("album"))
EMBED = Option("embed", Reference("embed"))


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or a group of them, which has no handler of its own.

    Its texts are `commands.{name}.…` of the languages; of a subcommand `commands.{group}.{name}.…`.

    Args:
        name: what people type.
        handler: what answers.
        options: in the order in which platforms show them.
        commands: of a group.
        administers: for who may change the chat's settings alone.
        form: asks for what it needs, given what there is of it; where the command comes without
            a file, and the platform has forms.
        quiet: what it answers is for the asker's eyes alone.

    """

    name: str
    handler: Handler | None = None
    options: tuple[Option, ...] = ()
    commands: tuple[Command, ...] = ()
    administers: bool = False
    quiet: bool = True
    form: Callable[[Ask, Mapping[str, Any]], Form] | None = None


@dataclass(frozen=True, slots=True)
class MessageCommand:
    """A command that is run on a message, where the platform has such; `name` is its text's."""

    name: str
    command: Command


async def _help(turn: Turn, options: Values) -> Reply:
    return await help.help_(turn, options, [command.name for command in COMMANDS])


COMMANDS: tuple[Command, ...] = (
    Command(
        "upload",
        uploads.upload,
        (
            *(Option(name, Attached()) for name in uploads.FILES),
            *(CAPTION, TTL, PRIVATE, ALBUM, EMBED),
        ),
        quiet=False,
        form=uploads.upload_form,
    ),
    Command(
        "import",
        uploads.import_,
        (Option("url", Text(2_048), required=True), CAPTION, TTL, PRIVATE),
        quiet=False,
    ),
    Command(
        "transform",
        transforms.transform,
        (
            IMAGE,
            *(Option(name, Transform(parameter)) for name, parameter in OFFERED.items()),
            Option("save", Flag()),
        ),
    ),
    Command("info", images.info, (IMAGE,)),
    Command("delete", images.delete, (IMAGE,)),
    Command("help", _help),
)


BY_NAME = {command.name: command for command in COMMANDS}

MESSAGE_COMMANDS = (
    MessageCommand("get_link", BY_NAME["upload"]),
    MessageCommand("transform", BY_NAME["transform"]),
)


def every() -> Iterator[tuple[str, Command]]:
    """Each command that can be run, with its whole name, such as `album create`."""
    for command in COMMANDS:
        if command.handler:
            yield command.name, command
        for part in command.commands:
            yield f"{command.name} {part.name}", part
