"""Writes the tables of settings and commands into .env.example and README.md.

`python -m pixferry.reference` rewrites both; `stale` says whether that would change anything.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.commands import every
from bot.examples import example
from bot.languages import ENGLISH, languages
from core.bot_settings import BotSettings
from core.setting_types import PREFIX
from core.settings import Settings
from pixferry.cli import main as program

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

ROOT = Path(__file__).parents[1]
_ENV_HEAD = """\
# Every setting, with its default. Copy this file to .env and take the # away from what you change.
"""


def settings() -> list[tuple[str, FieldInfo]]:
    """All settings, those of the bots last."""
    fields = Settings.model_fields.items()
    return sorted(fields, key=lambda field: field[0] in BotSettings.model_fields)


def env_example() -> str:
    """The text of .env.example."""
    lines = [_ENV_HEAD]
    for name, field in settings():
        lines.append(f"# {field.description}".replace("`", ""))
        lines.append(f"# {PREFIX}{name.upper()}={_default(field)}\n")
    return "\n".join(lines).rstrip() + "\n"


def settings_table() -> str:
    """All settings as a Markdown table."""
    rows = ["| Variable | Default | Meaning |", "| --- | --- | --- |"]
    for name, field in settings():
        default = _default(field)
        shown = f"`{default}`" if default else ""
        rows.append(_row(f"`{PREFIX}{name.upper()}`", shown, field.description or ""))
    return "\n".join(rows)


def commands_table() -> str:
    """All commands with their arguments and options as a Markdown table."""
    rows = ["| Command | What it does |", "| --- | --- |"]
    for path, command in commands():
        words = " ".join(("pixferry", *path, *(_usage(one) for one in command.params)))
        rows.append(_row(f"`{words}`", _sentence(command)))
    return "\n".join(rows)


def chat_commands_table() -> str:
    """All commands of the bots with their options, and as they are typed, as a Markdown table."""
    rows = ["| Command | Options | Typed, such as | What it does |", "| --- | --- | --- | --- |"]
    english = languages()[ENGLISH]
    for path, command in every():
        doc = english.text(f"commands.{path.replace(' ', '.')}.doc")
        options = ", ".join(f"`{option.name}`" for option in command.options)
        shown = f"`/{example(path, command, english)}`" if command.options else ""
        rows.append(_row(f"`/{path}`", options, shown, doc))
    return "\n".join(rows)


def commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that can be run, with the words that name it."""
    yield from _walk((), program)


def _walk(path: tuple[str, ...], command: click.Command) -> Iterator[Any]:
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from _walk((*path, name), child)
    else:
        yield path, command


def _default(field: FieldInfo) -> str:
    """A default as it would stand in the environment; empty if there is none to write down."""
    value = field.default
    if value is None or field.default_factory is not None or field.is_required():
        return ""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _usage(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        return parameter.make_metavar(click.Context(program))
    assert isinstance(parameter, click.Option)
    name = "/".join((*parameter.opts, *parameter.secondary_opts))
    if not parameter.is_flag:
        name += f" {_metavar(parameter)}"
    return name if parameter.required else f"[{name}]"


def _metavar(parameter: click.Option) -> str:
    if isinstance(parameter.type, click.Choice):
        return "|".join(map(str, parameter.type.choices))
    return parameter.opts[0].lstrip("-").upper()


def _sentence(command: click.Command) -> str:
    return " ".join((command.help or "").split())


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _filled(readme: str) -> str:
    tables = {
        "settings": settings_table(),
        "commands": commands_table(),
        "chat commands": chat_commands_table(),
    }
    for name, table in tables.items():
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, opened, rest = readme.partition(start)
        _, closed, after = rest.partition(end)
        if not (opened and closed):
            raise ValueError(f"README.md has no {start.strip()} … {end}")
        readme = f"{before}{start}{table}\n{end}{after}"
    return readme


def fresh() -> dict[Path, str]:
    """The files as they should be."""
    readme = ROOT / "README.md"
    return {ROOT / ".env.example": env_example(), readme: _filled(readme.read_text("utf-8"))}


def stale() -> list[str]:
    """Names of the files that `python -m pixferry.reference` would change."""
    return [
        file.name
        for file, text in fresh().items()
        if not file.exists() or file.read_text("utf-8") != text
    ]


if __name__ == "__main__":
    for file, text in fresh().items():
        file.write_text(text, "utf-8")
