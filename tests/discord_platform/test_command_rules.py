"""Commands that the platform refuses: each rule is broken once."""

from __future__ import annotations

import copy

import pytest
from discord_platform.bare_bot import codes

OPTION = {"type": 3, "name": "word", "description": "A word"}
COMMAND = {
    "name": "do-it",
    "description": "Does it",
    "options": [OPTION],
    "name_localizations": {"de": "mach-es", "hi": "करो"},
    "contexts": [0, 1, 2],
    "integration_types": [0, 1],
    "default_member_permissions": 32,
    "nsfw": False,
}
GROUP = {"type": 2, "name": "inner", "description": "Inner"}
SUB = {"type": 1, "name": "sub", "description": "Sub"}
MENU = {"name": "Look at it", "type": 3}


def with_options(*options: dict) -> dict:
    return COMMAND | {"options": list(options)}


def with_option(**changed) -> dict:
    return with_options(OPTION | changed)


def choices(*values) -> list[dict]:
    return [{"name": str(value), "value": value} for value in values]


BROKEN = {
    "no name": ({"description": "x"}, ("name",), "BASE_TYPE_REQUIRED"),
    "an empty name": (COMMAND | {"name": ""}, ("name",), "BASE_TYPE_REQUIRED"),
    "a long name": (COMMAND | {"name": "x" * 33}, ("name",), "BASE_TYPE_BAD_LENGTH"),
    "capitals": (COMMAND | {"name": "Do"}, ("name",), "APPLICATION_COMMAND_INVALID_NAME"),
    "a space": (COMMAND | {"name": "do it"}, ("name",), "APPLICATION_COMMAND_INVALID_NAME"),
    "no description": ({"name": "do"}, ("description",), "BASE_TYPE_REQUIRED"),
    "a long description": (
        COMMAND | {"description": "x" * 101},
        ("description",),
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a language that is none": (
        COMMAND | {"name_localizations": {"de-DE": "mach"}},
        ("name_localizations",),
        "BASE_TYPE_CHOICES",
    ),
    "a translated name in capitals": (
        COMMAND | {"name_localizations": {"de": "Mach"}},
        ("name_localizations", "de"),
        "APPLICATION_COMMAND_INVALID_NAME",
    ),
    "a long translated description": (
        COMMAND | {"description_localizations": {"de": "x" * 101}},
        ("description_localizations", "de"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    "too many options": (
        with_options(*(OPTION | {"name": f"o{number}"} for number in range(26))),
        ("options",),
        "BASE_TYPE_BAD_LENGTH",
    ),
    "an unknown type": (with_option(type=12), ("options", 0, "type"), "BASE_TYPE_CHOICES"),
    "two options of a name": (
        with_options(OPTION, OPTION),
        ("options", 1, "name"),
        "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE",
    ),
    "required after optional": (
        with_options(OPTION, OPTION | {"name": "other", "required": True}),
        ("options", 1),
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    "subcommands beside options": (
        with_options(OPTION, SUB),
        ("options",),
        "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    "a subcommand in a subcommand": (
        with_options(SUB | {"options": [SUB]}),
        ("options", 0, "options", 0, "type"),
        "BASE_TYPE_CHOICES",
    ),
    "an option in a group": (
        with_options(GROUP | {"options": [OPTION]}),
        ("options", 0, "options", 0, "type"),
        "BASE_TYPE_CHOICES",
    ),
    "too many choices": (
        with_option(choices=choices(*map(str, range(26)))),
        ("options", 0, "choices"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a long choice": (
        with_option(choices=choices("x" * 101)),
        ("options", 0, "choices", 0, "value"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a number among texts": (
        with_option(choices=choices(1)),
        ("options", 0, "choices", 0, "value"),
        "STRING_TYPE_CONVERT",
    ),
    "a text among numbers": (
        with_option(type=4, choices=choices("one")),
        ("options", 0, "choices", 0, "value"),
        "INTEGER_TYPE_CONVERT",
    ),
    "the same choice twice": (
        with_option(choices=choices("a", "a")),
        ("options", 0, "choices", 1),
        "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_EXISTS",
    ),
    "choices of attachments": (
        with_option(type=11, choices=choices("a")),
        ("options", 0, "choices"),
        "BASE_TYPE_FORBIDDEN",
    ),
    "choices and completion": (
        with_option(choices=choices("a"), autocomplete=True),
        ("options", 0),
        "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
    ),
    "completion of booleans": (
        with_option(type=5, autocomplete=True),
        ("options", 0, "autocomplete"),
        "BASE_TYPE_FORBIDDEN",
    ),
    "bounds of texts": (
        with_option(min_value=1),
        ("options", 0, "min_value"),
        "BASE_TYPE_FORBIDDEN",
    ),
    "lengths of numbers": (
        with_option(type=4, max_length=3),
        ("options", 0, "max_length"),
        "BASE_TYPE_FORBIDDEN",
    ),
    "a broken bound of integers": (
        with_option(type=4, max_value=1.5),
        ("options", 0, "max_value"),
        "INTEGER_TYPE_CONVERT",
    ),
    "bounds the wrong way round": (
        with_option(type=10, min_value=2, max_value=1.5),
        ("options", 0, "min_value"),
        "NUMBER_TYPE_MAX",
    ),
    "a bound that no client keeps": (
        with_option(type=4, max_value=2**53 + 1),
        ("options", 0, "max_value"),
        "NUMBER_TYPE_MAX",
    ),
    "a long text": (
        with_option(max_length=6001),
        ("options", 0, "max_length"),
        "NUMBER_TYPE_MAX",
    ),
    "an unknown context": (COMMAND | {"contexts": [3]}, ("contexts", 0), "BASE_TYPE_CHOICES"),
    "no install": (
        COMMAND | {"integration_types": []},
        ("integration_types",),
        "BASE_TYPE_BAD_LENGTH",
    ),
    "permissions that are none": (
        COMMAND | {"default_member_permissions": "all"},
        ("default_member_permissions",),
        "PERMISSIONS_TYPE_CONVERT",
    ),
    "a menu with a description": (
        MENU | {"description": "x"},
        ("description",),
        "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION",
    ),
    "a menu with options": (
        MENU | {"options": [OPTION]},
        ("options",),
        "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS",
    ),
    "a long menu": (MENU | {"name": "x" * 33}, ("name",), "BASE_TYPE_BAD_LENGTH"),
}
GOOD = {
    "a command": COMMAND,
    "subcommands": with_options(GROUP | {"options": [SUB | {"options": [OPTION]}]}),
    "bounds": with_option(type=10, min_value=0.5, max_value=2),
    "choices": with_option(choices=choices(*map(str, range(25)))),
    "a menu": MENU,
    "kinds of files": with_option(type=11, file_types=["image", ".png"]),
}


@pytest.mark.parametrize("name", GOOD)
async def test_good_commands_are_taken(platform, bare, name):
    status, made = await bare.register(GOOD[name])
    assert status == 200
    assert made[0]["id"]
    assert await bare.call("GET", f"/applications/{platform.app.id}/commands") == (200, made)


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_commands_are_refused(platform, bare, name):
    command, path, code = BROKEN[name]
    status, body = await bare.register(command)
    assert (status, body["code"], body["message"]) == (400, 50035, "Invalid Form Body")
    assert code in codes(body["errors"], 0, *path), body["errors"]
    (complaint,) = platform.forgive()
    assert complaint.errors == body["errors"]
    status, again = await bare.call("POST", f"/applications/{platform.app.id}/commands", command)
    assert status == 400
    assert code in codes(again["errors"], *path)
    assert len(platform.forgive()) == 1


async def test_a_command_has_8000_characters_and_its_longest_language_counts(platform, bare):
    command = long_command()
    assert (await bare.register(command))[0] == 200
    filler = {"type": 3, "name": "filler", "description": "x" * 100}
    command["options"] += [filler | {"name": f"f{number}"} for number in range(6)]
    status, body = await bare.register(command)
    assert codes(body["errors"], 0) == ["APPLICATION_COMMAND_TOO_LARGE"]
    shorter = long_command()
    for option in shorter["options"]:
        option["description_localizations"] = {"de": "x" * 100, "fr": "x" * 90}
    status, body = await bare.register(shorter)
    assert status == 400
    assert len(platform.forgive()) == 2


def long_command() -> dict:
    """Of some 7,500 characters."""
    command = with_options(*(copy.deepcopy(OPTION) | {"name": f"o{n}"} for n in range(10)))
    for option in command["options"]:
        option["choices"] = [{"name": f"{n:0100}", "value": f"{n:05}"} for n in range(7)]
    return command


async def test_there_are_limits_of_how_many(platform, bare):
    many = [COMMAND | {"name": f"do{number}"} for number in range(101)]
    menus = [MENU | {"name": f"Look {number}"} for number in range(16)]
    assert (await bare.register(*many[:100], *menus[:15]))[0] == 200
    for commands in (many, menus):
        status, body = await bare.register(*commands)
        assert (status, codes(body["errors"])) == (400, ["MAX_APPLICATION_COMMANDS"])
    status, body = await bare.register(COMMAND, COMMAND)
    assert codes(body["errors"], 1) == ["APPLICATION_COMMANDS_DUPLICATE_NAME"]
    assert len(platform.forgive()) == 3


async def test_an_overwrite_keeps_the_ids_of_what_stays(platform, bare):
    _, (first, second) = await bare.register(COMMAND, COMMAND | {"name": "other"})
    _, (again,) = await bare.register(COMMAND | {"description": "Does it well"})
    assert again["id"] == first["id"]
    assert again["version"] != first["version"]
    base = f"/applications/{platform.app.id}/commands"
    assert (await bare.call("GET", f"{base}/{second['id']}"))[0] == 404
    _, changed = await bare.call("PATCH", f"{base}/{first['id']}", {"description": "Well"})
    assert changed["description"] == "Well"
    assert (await bare.call("DELETE", f"{base}/{first['id']}"))[0] == 204
    assert await bare.call("GET", base) == (200, [])


async def test_strangers_have_no_business_here(platform, bare):
    assert (await bare.call("GET", "/users/@me", token="wrong"))[0] == 401
    assert (await bare.call("GET", "/applications/1/commands"))[0] == 403
    guild = platform.guild(has_bot=False)
    assert (await bare.register(COMMAND, guild=guild))[1]["code"] == 50001
    assert len(platform.forgive()) == 2
