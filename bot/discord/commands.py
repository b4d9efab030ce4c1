"""Our commands as Discord's, made from the one table."""

from __future__ import annotations

import asyncio
import inspect
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from bot.commands import COMMANDS, MESSAGE_COMMANDS
from bot.discord.reading import ask_of, file_of
from bot.discord.translator import told
from bot.languages import ENGLISH, languages
from bot.options import Attached, Flag, Id, Reference, Text, Transform, Word, option_text
from core.imaging.transforms.kinds import Choice, Number, Whole

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.command import Command, MessageCommand
    from bot.options import Option

    Complete = Callable[
        [discord.Interaction[Any], str], Coroutine[Any, Any, list[app_commands.Choice[str]]]
    ]

INSTALLS = app_commands.AppInstallationType(guild=True, user=True)
CONTEXTS = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)
STRING_CHARS = 6_000
_TYPES: dict[type, Any] = {
    Attached: discord.Attachment,
    Flag: bool,
    Id: app_commands.AppCommandChannel,
}
CHOICES = 25
COMPLETION_SECONDS = 2.0
"""How long choices may take; nobody waits longer, and Discord does not for three."""


def add_commands(tree: app_commands.CommandTree[Any]) -> None:
    """Put every command of the table, and those of messages' menus, into a tree."""
    for command in COMMANDS:
        tree.add_command(_group(command) if command.commands else _command(command, command.name))
    for entry in MESSAGE_COMMANDS:
        tree.add_command(_menu(entry))


def _group(command: Command) -> app_commands.Group:
    key = f"commands.{command.name}"
    group = app_commands.Group(
        name=told(f"{key}.name", command.name),
        description=told(f"{key}.doc"),
        allowed_installs=INSTALLS,
        allowed_contexts=CONTEXTS,
        default_permissions=_permissions(command),
    )
    for part in command.commands:
        group.add_command(_command(part, f"{command.name}.{part.name}", parent=group))
    return group


def _command(
    command: Command, path: str, parent: app_commands.Group | None = None
) -> app_commands.Command[Any, Any, Any]:
    async def callback(interaction: discord.Interaction[Any], **given: Any) -> None:
        values = {name: _raw(value) for name, value in given.items() if value is not None}
        await interaction.client.answer(interaction, command, values)

    options = sorted(command.options, key=lambda option: not option.required)
    callback.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter("interaction", inspect.Parameter.POSITIONAL_OR_KEYWORD),
            *(_parameter(option) for option in options),
        ]
    )
    app_commands.rename(**{option.name: _option_name(option) for option in options})(callback)
    app_commands.describe(**{option.name: _doc(option, path) for option in options})(callback)
    app_commands.choices(**{option.name: _choices(option) for option in options if _words(option)})(
        callback
    )
    app_commands.autocomplete(
        **{
            option.name: _completing(option.kind)
            for option in options
            if isinstance(option.kind, Reference)
        }
    )(callback)
    if parent is None and (permissions := _permissions(command)):
        app_commands.default_permissions(permissions)(callback)
    return app_commands.Command(
        name=told(f"commands.{path}.name", command.name),
        description=told(f"commands.{path}.doc"),
        callback=callback,  # type: ignore[arg-type]  # its signature is made
        parent=parent,
        allowed_installs=None if parent else INSTALLS,
        allowed_contexts=None if parent else CONTEXTS,
    )


def _menu(entry: MessageCommand) -> app_commands.ContextMenu:
    async def callback(interaction: discord.Interaction[Any], message: discord.Message) -> None:
        await interaction.client.answer_on(interaction, entry, message)

    callback.__annotations__ = {"message": discord.Message}
    name = languages()[ENGLISH].text(f"menu.{entry.name}")
    return app_commands.ContextMenu(
        name=told(f"menu.{entry.name}", name),
        callback=callback,
        allowed_installs=INSTALLS,
        allowed_contexts=CONTEXTS,
    )


def _parameter(option: Option) -> inspect.Parameter:
    return inspect.Parameter(
        option.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=inspect.Parameter.empty if option.required else None,
        annotation=_annotation(option),
    )


def _annotation(option: Option) -> Any:
    """The type by which Discord itself refuses what the option may not be."""
    match option.kind:
        case Text(most):
            return app_commands.Range[str, 1, min(most, STRING_CHARS)]
        case Transform(parameter) if isinstance(parameter.kind, Number):
            return app_commands.Range[float, parameter.kind.low, parameter.kind.high]
        case Transform(parameter) if isinstance(parameter.kind, Whole):
            return app_commands.Range[int, parameter.kind.low, parameter.kind.high]
    return _TYPES.get(type(option.kind), str)


def _words(option: Option) -> tuple[str, ...]:
    kind = option.kind
    if isinstance(kind, Word):
        return kind.words
    if isinstance(kind, Transform) and isinstance(kind.parameter.kind, Choice):
        return kind.parameter.kind.words
    return ()


def _choices(option: Option) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=word, value=word) for word in _words(option)[:CHOICES]]


def _option_name(option: Option) -> app_commands.locale_str:
    return told(f"names.{option.name}", option.name)


def _doc(option: Option, path: str) -> app_commands.locale_str:
    return told(option_text(path, option.name))


def _permissions(command: Command) -> discord.Permissions | None:
    return discord.Permissions(manage_guild=True) if command.administers else None


def _completing(kind: Reference) -> Complete:
    async def complete(
        interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        try:
            async with asyncio.timeout(COMPLETION_SECONDS), interaction.client.completing:
                found = await interaction.client.service.complete(
                    ask_of(interaction), kind, current
                )
        except TimeoutError:
            found = []
        return [
            app_commands.Choice(name=choice.label, value=choice.value) for choice in found[:CHOICES]
        ]

    return complete


def _raw(value: Any) -> Any:
    """An option as every platform gives it: a file, or text."""
    if isinstance(value, discord.Attachment):
        return file_of(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, app_commands.AppCommandChannel):
        return str(value.id)
    return str(value)
