"""How commands are typed, shown by examples that are made from their table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.options import Flag, Id, Reference, Text, Transform, Ttl, Word

if TYPE_CHECKING:
    from bot.command import Command
    from bot.languages import Language
    from bot.options import Option

IMAGE = "AbCdEfGhJk"
_SAMPLES: dict[type, str] = {Flag: "yes", Ttl: "7d", Id: "here"}


def example(path: str, command: Command, language: Language) -> str:
    """A command as somebody may type it, without the slash, such as `upload ttl=7d your caption`.

    `path`: its whole name.
    """
    options = {option.name: option for option in command.options}
    typed = [_sample(options[name], language) for name in command.typed]
    shown = [_named(options[name], language) for name in command.shown]
    last = command.typed and isinstance(options[command.typed[-1]].kind, Text)
    ahead, behind = (typed[:-1], typed[-1:]) if last and shown else (typed, [])
    return " ".join([language.command(path), *ahead, *shown, *behind])


def _named(option: Option, language: Language) -> str:
    """An option by its name, as it is given."""
    name = language.option(option.name)
    if isinstance(option.kind, Flag):
        return name
    value = _sample(option, language)
    return f'{name}="{value}"' if " " in value else f"{name}={value}"


def _sample(option: Option, language: Language) -> str:
    """A value that it may have."""
    match option.kind:
        case Word(words):
            return words[1]  # the first is mostly what holds anyway
        case Transform(parameter):
            return parameter.kind.shown[1]
        case Reference("image"):
            return IMAGE
    known = _SAMPLES.get(type(option.kind))
    return known or language.text(f"typed.sample.{option.name}")
