"""What bots say: whole in every language, and within what platforms show."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from bot.commands import COMMANDS, MESSAGE_COMMANDS, every
from bot.languages import ENGLISH, SENTENCES, language_for, languages
from bot.options import Word, option_text
from core import errors
from core.imaging.transforms.table import PARAMETERS

ROOT = Path(__file__).parents[2]
OTHERS = [code for code in languages() if code != ENGLISH]
LOCALIZED = re.compile(r"names\..*|commands\..*\.name")
"""Names that commands and options have in other languages; in English they have their own."""

PLACE = re.compile(r"\{([a-z_]+)\}")
NAME = re.compile(r"[-_\w]{1,32}")
NAME_CHARS, DOC_CHARS, COMMAND_CHARS = 32, 100, 8_000
LABEL_CHARS, TITLE_CHARS, FIELD_CHARS, PLACEHOLDER_CHARS = 80, 45, 45, 150
MESSAGE_CHARS = 1_000
LEAST_CHARS = 12  # of a text with something filled in, to be told from others by
UNSEEN = {
    # of faces other than chats, or answered by the chat service itself
    *(errors.Unauthenticated, errors.WrongDeleteToken, errors.FormRefused),
    *(errors.RegistrationClosed, errors.ExternalIdDuplicate, errors.IdTaken, errors.WrongPassword),
    *(errors.DatabaseNewer, errors.UploadFailed, errors.ImportFailed),
}

REFUSING = {
    *(kind.__name__ for kind in vars(errors).values() if isinstance(kind, type)),
    *("on", "cls", "broken", "refusal", "_refused", "ValueError"),
}
ELSEWHERE = {
    # modules of what chats do not do: passwords, mails, the command line
    *("accounts", "enrolment", "mail", "mailer_smtp", "passwords", "reports", "sign_in"),
    *("blob_pair", "album_locks", "cursors", "fields", "quotas"),
    *("settings", "setting_types", "service_urls", "smtp_address", "plans", "data_folder"),
    *("choices", "emails", "networks", "bootstrap", "environment"),
}


def places(text):
    return sorted(PLACE.findall(text))


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_has_what_english_has(code):
    english, own = languages()[ENGLISH].own, languages()[code].own
    assert english.keys() - own.keys() == set()
    assert {key for key in own.keys() - english.keys() if not LOCALIZED.fullmatch(key)} == set()
    for key, text in english.items():
        assert places(own[key]) == places(text), key


@pytest.mark.parametrize("code", OTHERS)
def test_commands_and_options_have_names_in_every_language(code):
    own = languages()[code].own
    for path, command in every():
        assert f"commands.{path.replace(' ', '.')}.name" in own
        for option in command.options:
            assert f"names.{option.name}" in own or option.name in PARAMETERS, option.name


@pytest.mark.parametrize("code", list(languages()))
def test_names_and_descriptions_are_as_discord_takes_them(code):
    language = languages()[code]
    for path, command in every():
        key = path.replace(" ", ".")
        docs = [language.texts[option_text(key, option.name)] for option in command.options]
        names = [language.known(f"names.{option.name}") or "" for option in command.options]
        names.append(language.known(f"commands.{key}.name") or command.name)
        for name in filter(None, names):
            assert NAME.fullmatch(name), name
            assert name == name.lower(), name
        for doc in (language.texts[f"commands.{key}.doc"], *docs):
            assert 1 <= len(doc) <= DOC_CHARS, doc
        assert sum(map(len, [*names, *docs])) <= COMMAND_CHARS
        assert len(command.options) <= 25
        for option in command.options:
            assert not isinstance(option.kind, Word) or len(option.kind.words) <= 25
    for entry in MESSAGE_COMMANDS:
        assert 1 <= len(language.text(f"menu.{entry.name}")) <= NAME_CHARS
    assert len(COMMANDS) <= 100


@pytest.mark.parametrize("code", list(languages()))
def test_texts_fit_where_they_are_shown(code):
    for key, text in languages()[code].texts.items():
        most = MESSAGE_CHARS
        if key.startswith("button."):
            most = LABEL_CHARS
        elif key == "upload.form":
            most = TITLE_CHARS
        elif key.startswith("upload.form_"):
            most = FIELD_CHARS
        elif key.startswith("editor."):
            most = PLACEHOLDER_CHARS
        assert 1 <= len(text) <= most, key
        assert text == text.strip(), key


def test_whose_language_is_not_known_reads_english():
    assert language_for("de-AT").code == "de"
    for locale in (None, "", "xx", "fr"):
        assert language_for(locale).code == ENGLISH


# What the core says


def spoken():
    """Every text of the core and the bots, with `{}` where something is filled in."""
    found = set()
    for file in [*(ROOT / "core").rglob("*.py"), *(ROOT / "bot").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = (
                    one.value if isinstance(one, ast.Constant) else "{}" for one in node.values
                )
                found.add("".join(map(str, parts)))
    return found


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_that_is_translated_is_said_somewhere(code):
    table = tomllib.loads((SENTENCES / f"{code}.toml").read_text("utf-8"))
    said = spoken()
    templates = [
        re.compile(".*".join(map(re.escape, each.split("{}"))), re.DOTALL)
        for each in said
        if "{}" in each and len(each) > LEAST_CHARS
    ]
    ours = languages()[code]
    known = {pattern for pattern, _ in ours.sentences}
    assert len(known) == len(table)
    for english, text in table.items():
        assert places(english) == places(text), english
        whole = PLACE.sub("{}", english)
        pattern = re.compile(".+".join(map(re.escape, whole.split("{}"))), re.DOTALL)
        if not english[0].isupper():
            continue  # a length of time or a size, which `core.words` puts together
        assert (
            whole in said
            or any(pattern.fullmatch(each) for each in said)
            or any(template.fullmatch(whole) for template in templates)
        ), english


def refusals():
    """Sentences with which something is refused, where chats can get there; 7 fills places in."""
    files = [*(ROOT / "core").rglob("*.py"), *(ROOT / "bot").rglob("*.py")]
    for file in files:
        if file.stem in ELSEWHERE:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            for given in node.args if name in REFUSING else ():
                if isinstance(given, ast.Constant) and isinstance(given.value, str):
                    text = given.value
                elif isinstance(given, ast.JoinedStr):
                    parts = (getattr(one, "value", None) for one in given.values)
                    text = "".join(each if isinstance(each, str) else "7" for each in parts)
                else:
                    continue
                if text.endswith(".") and len(text) > LEAST_CHARS:
                    yield text


@pytest.mark.parametrize("code", OTHERS)
def test_every_refusal_is_told_in_every_language(code):
    language = languages()[code]
    found = list(refusals())
    assert len(found) > 100
    assert [text for text in found if language.told(text) == text] == []


@pytest.mark.parametrize("code", OTHERS)
def test_every_kind_of_error_is_told_in_every_language(code):
    language = languages()[code]
    kinds = [errors.CoreError]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind not in UNSEEN:
            assert language.told(kind.sentence) != kind.sentence, kind.__name__


def test_what_stands_in_a_place_stays_as_it_is():
    german = languages()["de"]
    said = "The file has 71 MB; your plan takes files of up to 70 MB."
    assert german.told(said) == "Die Datei hat 71 MB; dein Tarif nimmt Dateien bis 70 MB."
    assert german.told("Nobody ever said so.") == "Nobody ever said so."
    assert languages()[ENGLISH].told(said) == said


def test_commands_are_called_as_the_platform_shows_them():
    plain, named = language_for("de"), language_for("de", localized=True)
    assert plain.command("key list") == "key list"
    assert named.command("key list") == "schlüssel liste"
    assert named.option("file") == "datei"
    assert "/upload" in plain.text("images.none")
    assert "/hochladen" in named.text("images.none")
    assert "/schlüssel neu" in named.text("key.none")
    assert "/einstellungen vorgaben" in named.text("settings.how")
    assert "/hilfe settings" in named.text("settings.nothing")
    assert "/verbinden" in named.told(
        "There is no such code. It is good for ten minutes, once: get a new one with /link."
    )
    assert language_for("en", localized=True).command("key list") == "key list"


def test_commands_to_tap_on_are_one_word():
    tapped = language_for("de", tapped=True)
    assert tapped.command("key list") == "key_list"
    assert "/key_create" in tapped.text("key.none")
    assert "/settings_team, /settings_defaults" in tapped.text("settings.how")
    assert "/help settings" in tapped.text("settings.nothing")
