"""The commands as Discord knows them: from the one table, with its limits, in people's languages."""

from __future__ import annotations

import pictures
import pytest
import pytest_asyncio
from discord_platform.options import NotOffered

from bot.commands import COMMANDS, MESSAGE_COMMANDS, every
from bot.languages import ENGLISH, languages
from bot.options import Attached, Flag, Transform
from bot.parameters import OFFERED
from core.imaging.transforms.kinds import Choice, Number, Whole

pytestmark = pytest.mark.asyncio(loop_scope="module")
SLASH, MESSAGE = 1, 3
STRING, WHOLE, FLAG, NUMBER, ATTACHMENT = 3, 4, 5, 10, 11
MANAGE_GUILD = 1 << 5
OTHERS = sorted(set(languages()) - {ENGLISH})


@pytest_asyncio.fixture(loop_scope="module")
async def known(shared):
    """What Discord was told, by kind and name."""
    _, discord = shared
    await discord.connected()
    told = discord.app.commands[None].values()
    return {(one["type"], one["name"]): one for one in told}


def parts(command) -> list[dict]:
    """A command with its subcommands and options."""
    return [command, *(part for one in command.get("options", ()) for part in parts(one))]


def option_of(known, path, name):
    first, *way = path.split()
    found = known[SLASH, first]
    for step in (*way, name):
        found = next(one for one in found["options"] if one["name"] == step)
    return found


async def test_there_are_those_of_the_table_and_no_others(known):
    menus = {languages()[ENGLISH].text(f"menu.{entry.name}") for entry in MESSAGE_COMMANDS}
    assert menus == {"Get link", "Transform image"}
    slash = {command.name for command in COMMANDS}
    assert set(known) == {(SLASH, name) for name in slash} | {(MESSAGE, name) for name in menus}
    assert len(known) == len(slash) + 2


async def test_they_are_for_servers_and_people_and_work_everywhere(known):
    for command in known.values():
        assert sorted(command["integration_types"]) == [0, 1]
        assert sorted(command["contexts"]) == [0, 1, 2]


async def test_what_is_for_administrators_is_shown_to_who_manages_the_server(known):
    for command in COMMANDS:
        asks = command.administers or any(part.administers for part in command.commands)
        told = known[SLASH, command.name]["default_member_permissions"]
        assert told is None if not asks else int(told) == MANAGE_GUILD, command.name
        assert asks == (command.name == "settings")


async def test_discord_itself_refuses_what_the_table_of_transforms_does_not_allow(known):
    for name, parameter in OFFERED.items():
        told, kind = option_of(known, "transform", name), parameter.kind
        if isinstance(kind, Choice):
            assert [one["value"] for one in told["choices"]] == list(kind.words)
        elif isinstance(kind, Number | Whole):
            assert told["type"] == (WHOLE if isinstance(kind, Whole) else NUMBER)
            assert (told["min_value"], told["max_value"]) == (float(kind.low), float(kind.high))
        else:
            assert told["type"] == STRING


async def test_a_client_takes_no_value_out_of_bounds(shared):
    _, discord = shared
    ada = discord.user("ada")
    await ada.command("upload", file=pictures.png())
    for name, value in (("blur", 251), ("brightness", -1), ("format", "bmp"), ("rotate", "45")):
        with pytest.raises(NotOffered):
            await ada.command("transform", **{name: value})


async def test_options_are_of_their_kinds(known):
    kinds = {Attached: ATTACHMENT, Flag: FLAG}
    for path, command in every():
        for option in command.options:
            told = option_of(known, path, option.name)
            assert told.get("required", False) == option.required
            assert told["type"] == kinds.get(type(option.kind), told["type"])
            if isinstance(option.kind, Transform):
                assert not told.get("autocomplete")


@pytest.mark.parametrize("code", OTHERS)
async def test_names_and_descriptions_are_localised(known, code):
    texts = languages()[code].own
    for command in known.values():
        for one in parts(command):
            if command["type"] == SLASH:
                assert (one["description_localizations"] or {}).get(code), (command["name"], one)
    for command in COMMANDS:
        name = texts.get(f"commands.{command.name}.name")
        told = known[SLASH, command.name]
        assert (told["name_localizations"] or {}).get(code) == name
        doc = texts[f"commands.{command.name}.doc"]
        assert told["description_localizations"][code] == doc
    for entry in MESSAGE_COMMANDS:
        english = languages()[ENGLISH].text(f"menu.{entry.name}")
        told = known[MESSAGE, english]["name_localizations"]
        assert told[code] == texts[f"menu.{entry.name}"]


async def test_people_are_answered_in_their_language(shared):
    _, discord = shared
    ada, berta = discord.user("ada"), discord.user("berta", locale="de")
    assert "Delete" in (await ada.command("upload", file=pictures.png())).buttons
    assert "Löschen" in (await berta.command("upload", file=pictures.png())).buttons


async def test_each_is_within_the_characters_that_a_command_may_have(known):
    """Of a text the longest translation counts."""
    for command in known.values():
        assert sum(_longest(one) for one in parts(command)) <= 8_000


def _longest(one) -> int:
    total = 0
    for key in ("name", "description"):
        texts = [one.get(key) or "", *(one.get(f"{key}_localizations") or {}).values()]
        total += max(map(len, texts))
    return total + sum(
        _longest(choice) + len(str(choice["value"])) for choice in one.get("choices", ())
    )
