"""Every option of every command can be typed, and every example is right."""

from __future__ import annotations

import pytest
from typed_texts import HERE, ID, LANGUAGES, PATHS, read, refusal

from bot.commands import COMMANDS, every
from bot.examples import example
from bot.options import (
    Attached,
    Buttons,
    Flag,
    Id,
    Reference,
    Text,
    Transform,
    Ttl,
    Word,
    read_options,
)


def sample(kind):
    """A value that an option may have, as it is typed and as it arrives."""
    match kind:
        case Flag():
            return "yes", "yes"
        case Ttl():
            return "7d", "7d"
        case Word(words):
            return words[-1].upper(), words[-1].upper()
        case Transform(parameter):
            return parameter.kind.shown[-1], parameter.kind.shown[-1]
        case Id():
            return "here", HERE
        case Reference("image"):
            return f"https://a.b/{ID}?blur=3&x=y:z", f"https://a.b/{ID}?blur=3&x=y:z"
        case Text(word=True):
            return "https://a.b/c=d", "https://a.b/c=d"
        case Buttons() | Text() | Reference():
            return '"two words"', "two words"
    raise AssertionError(kind)


OPTIONS = [
    (path, option)
    for path, command in every()
    for option in command.options
    if not isinstance(option.kind, Attached)
]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.code)
@pytest.mark.parametrize(("path", "option"), OPTIONS, ids=[f"{p} {o.name}" for p, o in OPTIONS])
def test_each_option_of_each_command_can_be_given_by_each_of_its_names(path, option, language):
    value, arrives = sample(option.kind)
    if option.name == "command":
        arrives = arrives.lower()
    name = language.own.get(f"names.{option.name}", option.name)
    for called in {name, name.upper(), option.name}:
        for between in ("=", ":", " = "):
            text = f"/{path} {called}{between}{value}"
            if between == ":" and called != option.name:
                assert read(text, language=language)[1] == {option.name: arrives}
            else:
                assert read(text)[1] == {option.name: arrives}


def test_files_are_not_typed():
    assert refusal("/upload file=cat.png") == {"file": ["There is no option 'file'."]}
    assert read("/upload my file=cat.png")[1] == {"caption": "my file=cat.png"}


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.code)
@pytest.mark.parametrize("path", list(PATHS))
def test_the_example_of_each_command_is_read_as_it_says(path, language):
    command = PATHS[path]
    line = example(path, command, language)
    name, given = read(f"/{line}", language=language)
    assert name == path
    assert given.keys() == {*command.typed, *command.shown}
    assert read_options(command.options, given).keys() == given.keys()
    assert len(line) <= 100


def test_what_takes_words_is_an_option_of_its_command():
    for _, command in every():
        names = {option.name for option in command.options}
        assert names >= {*command.typed, *command.shown}
    assert {command.name for command in COMMANDS if command.typed} >= {"upload", "transform"}
