"""Modals and choices that the platform refuses: each rule is broken once."""

from __future__ import annotations

import asyncio

import pytest
from discord_platform.bare_bot import codes
from discord_platform.options import NotOffered

INPUT = {"type": 4, "custom_id": "text", "style": 1}
FILES = {"type": 19, "custom_id": "files", "min_values": 1, "max_values": 10}
OPTIONS = [{"label": "One", "value": "1"}, {"label": "Two", "value": "2"}]
LABEL = {"type": 18, "label": "Text", "description": "Some text", "component": INPUT}
MODAL = {"title": "Form", "custom_id": "form", "components": [LABEL]}
TEXT = {"type": 10, "content": "Read this"}


def labelled(component: dict, **changed) -> dict:
    return MODAL | {"components": [LABEL | {"component": component} | changed]}


AT = ("components", 0, "component")
BROKEN = {
    "no title": (MODAL | {"title": None}, ("title",), "BASE_TYPE_REQUIRED"),
    "a long title": (MODAL | {"title": "x" * 46}, ("title",), "BASE_TYPE_BAD_LENGTH"),
    "no custom id": (MODAL | {"custom_id": ""}, ("custom_id",), "BASE_TYPE_REQUIRED"),
    "a long custom id": (MODAL | {"custom_id": "x" * 101}, ("custom_id",), "BASE_TYPE_BAD_LENGTH"),
    "nothing in it": (MODAL | {"components": []}, ("components",), "BASE_TYPE_BAD_LENGTH"),
    "six parts": (MODAL | {"components": [TEXT] * 6}, ("components",), "BASE_TYPE_BAD_LENGTH"),
    "an input without a label": (
        MODAL | {"components": [INPUT]},
        ("components", 0, "type"),
        "BASE_TYPE_CHOICES",
    ),
    "two inputs in a row": (
        MODAL | {"components": [{"type": 1, "components": [INPUT | {"label": "x"}] * 2}]},
        ("components", 0, "components"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a button": (
        labelled({"type": 2, "style": 1, "label": "x", "custom_id": "x"}),
        (*AT, "type"),
        "BASE_TYPE_CHOICES",
    ),
    "a long label": (
        labelled(INPUT, label="x" * 46),
        ("components", 0, "label"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a long description": (
        labelled(INPUT, description="x" * 101),
        ("components", 0, "description"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    "a label twice": (labelled(INPUT | {"label": "x"}), (*AT, "label"), "BASE_TYPE_FORBIDDEN"),
    "no style": (labelled(INPUT | {"style": 3}), (*AT, "style"), "BASE_TYPE_CHOICES"),
    "4001 characters": (
        labelled(INPUT | {"max_length": 4001}),
        (*AT, "max_length"),
        "NUMBER_TYPE_MAX",
    ),
    "nothing at most": (
        labelled(INPUT | {"max_length": 0}),
        (*AT, "max_length"),
        "NUMBER_TYPE_MIN",
    ),
    "lengths the wrong way round": (
        labelled(INPUT | {"min_length": 5, "max_length": 4}),
        (*AT, "min_length"),
        "NUMBER_TYPE_MAX",
    ),
    "a value that does not fit": (
        labelled(INPUT | {"value": "xxx", "max_length": 2}),
        (*AT, "value"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    "a long placeholder": (
        labelled(INPUT | {"placeholder": "x" * 101}),
        (*AT, "placeholder"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    "11 files": (labelled(FILES | {"max_values": 11}), (*AT, "max_values"), "NUMBER_TYPE_MAX"),
    "no files though required": (
        labelled(FILES | {"min_values": 0}),
        (*AT, "min_values"),
        "NUMBER_TYPE_MIN",
    ),
    "the same custom id twice": (
        MODAL | {"components": [LABEL, LABEL]},
        ("components", 1, "component", "custom_id"),
        "COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    "a disabled menu": (
        labelled({"type": 3, "custom_id": "x", "options": OPTIONS, "disabled": True}),
        (*AT, "disabled"),
        "MODAL_COMPONENT_DISABLED",
    ),
    "one radio button": (
        labelled({"type": 21, "custom_id": "x", "options": OPTIONS[:1]}),
        (*AT, "options"),
        "BASE_TYPE_BAD_LENGTH",
    ),
    "no checkboxes": (
        labelled({"type": 22, "custom_id": "x", "options": []}),
        (*AT, "options"),
        "BASE_TYPE_BAD_LENGTH",
    ),
}
GOOD = MODAL | {
    "components": [
        TEXT,
        LABEL,
        LABEL | {"label": "Files", "component": FILES | {"required": False, "min_values": 0}},
        LABEL | {"label": "Menu", "component": {"type": 3, "custom_id": "m", "options": OPTIONS}},
        {
            "type": 1,
            "components": [INPUT | {"label": "Old", "custom_id": "old", "required": False}],
        },
    ]
}


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_modals_are_refused(platform, listening, name):
    modal, path, code = BROKEN[name]
    begun = await listening.begin(platform.user("ada"))
    status, body = await listening.respond(begun, 9, modal)
    assert (status, body["code"]) == (400, 50035)
    assert code in codes(body["errors"], "data", *path), body["errors"]
    (complaint,) = platform.forgive()
    assert complaint.errors == body["errors"]
    assert begun.callback is None


async def test_a_good_modal_is_filled_in(platform, listening):
    ada = platform.user("ada")
    begun = await listening.begin(ada)
    assert (await listening.respond(begun, 9, GOOD))[0] == 204
    modal = await begun.answer()
    assert list(modal.fields) == ["Text", "Files", "Menu", "Old"]
    task = asyncio.create_task(ada.submit(modal, {"Text": "words", "Menu": ["Two"]}))
    event = await listening.event("INTERACTION_CREATE")
    rows = event["data"]["components"]
    assert event["data"]["custom_id"] == "form"
    assert [one["component"].get("value") for one in rows[1:2]] == ["words"]
    assert [one["component"]["values"] for one in rows[2:4]] == [[], ["2"]]
    assert rows[4]["components"][0]["value"] == ""
    sent = platform.interactions[event["token"]]
    assert (await listening.respond(sent, 9, GOOD))[0] == 400, "no modal after a modal"
    await listening.respond(sent, 4, {"content": "thanks"})
    assert (await task).content == "thanks"
    assert len(platform.forgive()) == 1


async def test_all_kinds_of_fields_are_filled_in(platform, listening):
    ada, guild = platform.user("ada"), platform.guild()
    fields = {
        "Who": {"type": 5, "custom_id": "who"},
        "Where": {"type": 8, "custom_id": "where", "required": False, "min_values": 0},
        "One of": {"type": 21, "custom_id": "one", "options": OPTIONS},
        "Some of": {"type": 22, "custom_id": "some", "options": OPTIONS},
        "Yes": {"type": 23, "custom_id": "yes", "default": True},
    }
    parts = [{"type": 18, "label": label, "component": one} for label, one in fields.items()]
    begun = await listening.begin(ada, guild=guild)
    assert (await listening.respond(begun, 9, MODAL | {"components": parts}))[0] == 204
    modal = await begun.answer()
    with pytest.raises(NotOffered, match="One of"):
        await ada.submit(modal, {"Who": ada, "Some of": ["One"]})
    values = {"Who": [ada], "One of": "Two", "Some of": ["One", "2"]}
    task = asyncio.create_task(ada.submit(modal, values))
    event = await listening.event("INTERACTION_CREATE")
    found = [one["component"] for one in event["data"]["components"]]
    assert [one.get("values", one.get("value")) for one in found] == [
        [ada.id],
        [],
        "2",
        ["1", "2"],
        True,
    ]
    assert list(event["data"]["resolved"]) == ["users", "members"]
    assert len({one["id"] for one in found}) == 5
    await listening.respond(platform.interactions[event["token"]], 4, {"content": "thanks"})
    await task


CHOICES = {
    "too many": (
        [{"name": str(n), "value": str(n)} for n in range(26)],
        (),
        "BASE_TYPE_BAD_LENGTH",
    ),
    "a long name": ([{"name": "x" * 101, "value": "x"}], (0, "name"), "BASE_TYPE_BAD_LENGTH"),
    "an empty name": ([{"name": "", "value": "x"}], (0, "name"), "BASE_TYPE_REQUIRED"),
    "a long value": ([{"name": "x", "value": "x" * 101}], (0, "value"), "BASE_TYPE_BAD_LENGTH"),
    "no value": ([{"name": "x"}], (0, "value"), "BASE_TYPE_REQUIRED"),
}


@pytest.mark.parametrize("name", CHOICES)
async def test_broken_choices_are_refused(platform, listening, name):
    choices, path, code = CHOICES[name]
    option = {"type": 3, "name": "word", "description": "A word", "autocomplete": True}
    await listening.register({"name": "do", "description": "It", "options": [option]})
    task = asyncio.create_task(platform.user("ada").autocomplete("do", "word", "w"))
    event = await listening.event("INTERACTION_CREATE")
    begun = platform.interactions[event["token"]]
    status, body = await listening.respond(begun, 8, {"choices": choices})
    assert status == 400
    assert code in codes(body["errors"], "data", "choices", *path)
    good = [{"name": "word", "value": "word"}]
    await listening.respond(begun, 8, {"choices": good})
    assert await task == good
    assert len(platform.forgive()) == 1
