"""Rules for commands: names, texts, options, and how much of it there may be."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from discord_platform.rules.choices import CHOICES_MAX, check_value
from discord_platform.rules.form import Spot, checking

if TYPE_CHECKING:
    from collections.abc import Iterator

CHAT_INPUT, USER, MESSAGE = 1, 2, 3
COMMANDS_MAX = {CHAT_INPUT: 100, USER: 15, MESSAGE: 15}
CHARACTERS_MAX, OPTIONS_MAX, STRING_MAX = 8000, 25, 6000
NAME_MAX, DESCRIPTION_MAX, CHOICE_NAME_MAX = 32, 100, 100
SUBCOMMAND, GROUP, STRING, INTEGER, CHANNEL, NUMBER, ATTACHMENT = 1, 2, 3, 4, 7, 10, 11
TYPED, NUMERIC, NESTING = {STRING, INTEGER, NUMBER}, {INTEGER, NUMBER}, {SUBCOMMAND, GROUP}
SAFE = 2**53  # what numbers of options stay within
FILE_TYPES_MAX = 10
LOCALES = frozenset(
    [
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "fi",
        "sv-SE",
        "vi",
        "tr",
        "cs",
        "el",
        "bg",
        "ru",
        "uk",
        "hi",
        "th",
        "zh-CN",
        "ja",
        "zh-TW",
        "ko",
    ]
)
MARKS_OF = ("DEVANAGARI", "THAI")  # scripts whose marks may stand in names, too


@checking
def check_commands(given: Spot, *, in_guild: bool) -> None:
    """A bulk overwrite."""
    commands = given.items(0, sum(COMMANDS_MAX.values()), required=True)
    seen: Counter = Counter()
    for command in commands:
        _check(command, in_guild=in_guild)
        if isinstance(command.value, dict):
            kind = command.value.get("type", CHAT_INPUT)
            seen[kind] += 1
            seen[kind, command.value.get("name")] += 1
            if seen[kind, command.value.get("name")] == 2:
                message = "Application command names must be unique"
                command.blame("APPLICATION_COMMANDS_DUPLICATE_NAME", message)
    for kind, most in COMMANDS_MAX.items():
        if seen[kind] > most:
            message = f"Maximum number of application commands reached ({most})."
            given.blame("MAX_APPLICATION_COMMANDS", message)


@checking
def check_command(given: Spot, *, in_guild: bool) -> None:
    _check(given, in_guild=in_guild)


def _check(command: Spot, *, in_guild: bool) -> None:
    if not command.table(required=True):
        return
    kind = command["type"].one_of(CHAT_INPUT, USER, MESSAGE) or CHAT_INPUT
    _check_permissions(command["default_member_permissions"])
    if not in_guild:
        for name, values, least in (("contexts", (0, 1, 2), 0), ("integration_types", (0, 1), 1)):
            for one in command[name].items(least, len(values)):
                one.one_of(*values, required=True)
    if kind == CHAT_INPUT:
        _check_texts(command)
        _check_options(command["options"], {*range(SUBCOMMAND, ATTACHMENT + 1)})
    else:
        command["name"].text(1, NAME_MAX, required=True)
        _check_translations(command["name_localizations"], lambda one: one.text(1, NAME_MAX))
        message = "Context menu commands cannot have options."
        if command["options"].value:
            command["options"].forbid(message, "APPLICATION_COMMAND_CONTEXT_MENU_OPTIONS")
        if command["description"].value:
            message = "Context menu commands cannot have description"
            command["description"].forbid(message, "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION")
    if (size := sum(_sizes(command.value))) > CHARACTERS_MAX:
        message = f"Command exceeds maximum size ({CHARACTERS_MAX}): {size}"
        command.blame("APPLICATION_COMMAND_TOO_LARGE", message)


def _check_permissions(held: Spot) -> None:
    if held.given and not str(held.value).isdecimal():
        held.blame("PERMISSIONS_TYPE_CONVERT", "Could not interpret as permissions.")


def _check_texts(one: Spot) -> None:
    """The name and description of a command or option, in all languages."""
    _check_name(one["name"], required=True)
    one["description"].text(1, DESCRIPTION_MAX, required=True)
    _check_translations(one["name_localizations"], _check_name)
    texts = one["description_localizations"]
    _check_translations(texts, lambda text: text.text(1, DESCRIPTION_MAX))


def _check_name(name: Spot, *, required: bool = False) -> None:
    text = name.text(1, NAME_MAX, required=required)
    if text is not None and (text != text.lower() or not all(map(_may_be_in_names, text))):
        name.blame("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")


def _may_be_in_names(letter: str) -> bool:
    if letter in "-_'" or unicodedata.category(letter)[0] in "LN":
        return True
    return unicodedata.name(letter, "").startswith(MARKS_OF)


def _check_translations(translations: Spot, check) -> None:
    if translations.table():
        for locale in translations.value:
            if locale not in LOCALES:
                translations.blame("BASE_TYPE_CHOICES", f"Unknown locale {locale}.")
            if translations[locale].given:
                check(translations[locale])


def _check_options(options: Spot, kinds: set[int]) -> None:
    found = [one for one in options.items(0, OPTIONS_MAX) if one.table(required=True)]
    names: Counter = Counter()
    optional = nested = flat = False
    for one in found:
        kind = one["type"].one_of(*sorted(kinds), required=True)
        _check_texts(one)
        names[one.value.get("name")] += 1
        if names[one.value.get("name")] == 2:
            message = "Option name must be unique"
            one["name"].blame("APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE", message)
        if kind in NESTING:
            nested = True
            _check_options(one["options"], _kinds_in(kind))
        else:
            flat = True
            required = one["required"].flag()
            if required and optional:
                message = "Required options must be placed before non-required options"
                one.blame("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
            optional = optional or not required
            _check_option(one, kind)
    if nested and flat:
        message = "Sub-command and sub-command group option types are mutually exclusive"
        options.blame("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)


def _kinds_in(kind: int) -> set[int]:
    return {SUBCOMMAND} if kind == GROUP else {*range(STRING, ATTACHMENT + 1)}


def _check_option(option: Spot, kind: int | None) -> None:
    def only(name: str, *kinds: int) -> Spot:
        if kind not in kinds:
            option[name].forbid(f"{name} is not for options of type {kind}")
        return option[name]

    if option.value.get("choices"):
        _check_choices(only("choices", *TYPED), kind)
    completed = only("autocomplete", *TYPED).given and option["autocomplete"].flag()
    if completed and option.value.get("choices"):
        message = "Autocomplete and choices are mutually exclusive"
        option.blame("APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", message)
    whole = kind == INTEGER
    least = only("min_value", *NUMERIC).number(-SAFE, SAFE, whole=whole)
    most = only("max_value", *NUMERIC).number(-SAFE, SAFE, whole=whole)
    shortest = only("min_length", STRING).number(0, STRING_MAX)
    longest = only("max_length", STRING).number(1, STRING_MAX)
    for low, high, name in ((least, most, "min_value"), (shortest, longest, "min_length")):
        if low is not None and high is not None and low > high:
            option[name].blame("NUMBER_TYPE_MAX", f"{name} is over the maximum.")
    only("channel_types", CHANNEL).items(0, 20)
    for one in only("file_types", ATTACHMENT).items(1, FILE_TYPES_MAX):
        one.text(1, 32, required=True)


def _check_choices(choices: Spot, kind: int | None) -> None:
    seen: Counter = Counter()
    for choice in choices.items(0, CHOICES_MAX):
        if not choice.table(required=True):
            continue
        choice["name"].text(1, CHOICE_NAME_MAX, required=True)
        texts = choice["name_localizations"]
        _check_translations(texts, lambda text: text.text(1, CHOICE_NAME_MAX))
        value = choice["value"]
        if kind == STRING:
            value.text(1, CHOICE_NAME_MAX, required=True)
        elif kind in NUMERIC:
            value.number(-SAFE, SAFE, whole=kind == INTEGER, required=True)
        else:
            check_value(value)
        for name in ("name", "value"):
            shown = repr(choice.value.get(name))
            seen[name, shown] += 1
            if seen[name, shown] == 2:
                message = f"Choice {name}s must be unique"
                choice.blame(f"APPLICATION_COMMAND_OPTIONS_CHOICE_{name.upper()}_EXISTS", message)


def _sizes(one: dict) -> Iterator[int]:
    """What counts to the size of a command; of translations only the longest does."""
    for key in ("name", "description", "value"):
        translations = one.get(f"{key}_localizations") or {}
        texts = [one.get(key), *translations.values()]
        yield max(len(text) if isinstance(text, str) else 0 for text in texts)
    for inner in [*(one.get("options") or []), *(one.get("choices") or [])]:
        if isinstance(inner, dict):
            yield from _sizes(inner)
