"""What a person types into a command, held against what the command offers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from discord_platform.cdn import File
from discord_platform.resolved import Resolved, refer_to, refer_to_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord_platform.world import Guild

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL = 1, 2, 3, 4, 5, 6, 7
NUMBER, ATTACHMENT = 10, 11
STRING_MAX = 6000
KINDS = ((b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"), (b"RIFF", "webp"), (b"<svg", "svg"))


class NotOffered(AssertionError):
    """The person's client would not let them do this."""


def as_file(given: bytes | File) -> File:
    """Bytes alone get a name that fits them."""
    if isinstance(given, File):
        return given
    found = (extension for start, extension in KINDS if given.startswith(start))
    return File(given, f"picture.{next(found, 'png')}")


@dataclass
class Filled:
    """A command with its options filled in, as an interaction carries them."""

    options: list[dict] = field(default_factory=list)
    resolved: Resolved = field(default_factory=dict)


def descend(command: dict, path: list[str]) -> list[dict]:
    """The definitions on the way to a subcommand, from the command on."""
    way = [command]
    for name in path:
        inner = [one for one in way[-1].get("options") or [] if one["type"] in {SUBCOMMAND, GROUP}]
        found = next((one for one in inner if one["name"] == name), None)
        if found is None:
            raise NotOffered(f"no subcommand {name!r} of {way[-1]['name']!r}")
        way.append(found)
    deeper = [one for one in way[-1].get("options") or [] if one["type"] in {SUBCOMMAND, GROUP}]
    if deeper:
        raise NotOffered(f"{way[-1]['name']!r} has subcommands: {[one['name'] for one in deeper]}")
    return way


def fill(
    command: dict,
    path: list[str],
    values: dict[str, object],
    keep: Callable[[File], dict],
    guild: Guild | None,
    *,
    focused: str | None = None,
) -> Filled:
    """Fill in the options. `keep` uploads a file; `focused` is being typed and may be anything."""
    way, filled = descend(command, path), Filled()
    known = {one["name"]: one for one in way[-1].get("options") or []}
    for name in values:
        if name not in known:
            raise NotOffered(f"no option {name!r} of {way[-1]['name']!r}: {list(known)}")
    for name, option in known.items():
        if name in values and values[name] is not None:
            one = {"name": name, "type": option["type"]}
            if name == focused:
                if not option.get("autocomplete"):
                    raise NotOffered(f"{name} does not complete what is typed")
                one |= {"value": str(values[name]), "focused": True}
            else:
                one["value"] = _value(option, values[name], keep, guild, filled.resolved)
            filled.options.append(one)
        elif option.get("required") and focused is None:
            raise NotOffered(f"{name} is required")
    for step in reversed(way[1:]):
        filled.options = [{"name": step["name"], "type": step["type"], "options": filled.options}]
    return filled


def _value(
    option: dict,
    value: object,
    keep: Callable[[File], dict],
    guild: Guild | None,
    resolved: Resolved,
) -> object:
    kind, name = option["type"], option["name"]
    if kind == ATTACHMENT:
        return refer_to_file(resolved, keep(as_file(value)))
    if kind in {USER, CHANNEL}:
        return refer_to(resolved, value, guild)
    if option.get("choices"):
        return _chosen(option, value)
    if kind == BOOLEAN:
        _insist(isinstance(value, bool), name, value)
    elif kind == STRING:
        most = option.get("max_length") or STRING_MAX
        _insist(isinstance(value, str) and value != "", name, value)
        _insist((option.get("min_length") or 0) <= len(value) <= most, name, value)
    elif kind in {INTEGER, NUMBER}:
        number = isinstance(value, int if kind == INTEGER else int | float)
        _insist(number and not isinstance(value, bool), name, value)
        least, most = option.get("min_value"), option.get("max_value")
        _insist(least is None or value >= least, name, value)
        _insist(most is None or value <= most, name, value)
    else:
        raise NotOffered(f"{name} asks for roles, and no server here has any")
    return value


def _chosen(option: dict, value: object) -> object:
    """A choice by its value or its name."""
    for choice in option["choices"]:
        if value in (choice["value"], choice["name"]):
            return choice["value"]
    offered = [choice["name"] for choice in option["choices"]]
    raise NotOffered(f"{option['name']} has no choice {value!r}: {offered}")


def _insist(good: bool, name: str, value: object) -> None:
    if not good:
        raise NotOffered(f"the client does not take {value!r} for {name}")
