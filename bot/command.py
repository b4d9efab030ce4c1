"""What a command is: a row of the table in `bot.commands`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.asking import Ask
    from bot.options import Option, Values
    from bot.replies import Form, Reply
    from bot.turn import Turn

    Handler = Callable[[Turn, Values], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Command:
    """A command, or a group of them.

    Its texts are `commands.{name}.…` of the languages; of a subcommand `commands.{group}.{name}.…`.

    Args:
        name: what people type.
        handler: what answers; of a group where its bare name is called, if a platform lets it.
        options: in the order in which platforms show them.
        commands: of a group.
        administers: for who may change the chat's settings alone.
        essential: options of which it needs at least one.
        form: asks for those, given what else there is; where none came, and the platform has forms.
        personal: it is about who asks, whatever the chat.
        quiet: what it answers is for the asker's eyes alone.
        typed: options that take what is typed without a name, in their order: an image what looks
            like one, the last all that is left, others a word each.
        shown: options in the example of how it is typed, beside those.

    """

    name: str
    handler: Handler | None = None
    options: tuple[Option, ...] = ()
    commands: tuple[Command, ...] = ()
    administers: bool = False
    personal: bool = False
    quiet: bool = True
    essential: tuple[str, ...] = ()
    form: Callable[[Ask, Mapping[str, Any]], Form] | None = None
    typed: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()

    def lacks(self, given: Mapping[str, Any]) -> bool:
        """Whether nothing that it needs was given."""
        return not any(name in given for name in self.essential)


@dataclass(frozen=True, slots=True)
class MessageCommand:
    """A command that is run on a message, where the platform has such; `name` is its text's."""

    name: str
    command: Command
