"""The editor on Telegram: menus that open in the message, undo, numbers, after a restart, too."""

from __future__ import annotations

import pictures
import pytest
from chats import media_id, picture, status_of
from local import serving_locally
from telegram_platform.stand_in import telegram_platform
from telegrams import asks, links

from bot.handlers.editor import EFFECTS
from bot.telegram import limits
from bot.telegram.running import chatting

pytestmark = pytest.mark.asyncio(loop_scope="module")
MENUS = ("Format ▾", "Size ▾", "Rotate and flip ▾", "Effects ▾")
ROWS = [["Format ▾", "Size ▾"], ["Rotate and flip ▾", "Effects ▾"]]


async def opened_editor(person, photo=None, **where):
    """What an upload is answered with, with its editor in its place."""
    reply = await person.send_document(photo or pictures.jpeg(640, 480), "cat.jpg", **where)
    await person.tap(reply, "Transform")
    return reply


async def choose(person, editor, menu, choice):
    await person.tap(editor, f"{menu} ▾")
    return await person.tap(editor, choice)


@pytest.fixture
def talkative(shared, monkeypatch):
    """They tap more in one chat than Telegram lets bots answer there."""
    monkeypatch.setattr(limits, "CHAT", "1000/second")
    shared[1].floods.on = False
    return shared


async def test_every_choice_of_every_menu_does_something_that_can_be_undone(talkative):
    _, telegram = talkative
    ada = telegram.user("ada")
    editor = await opened_editor(ada)
    assert editor.rows[:2] == ROWS
    assert "Undo" not in editor.buttons
    begun = editor.text
    for menu in MENUS:
        await ada.tap(editor, menu)
        none, *choices = [label for row in editor.rows[:-1] for label in row]
        assert editor.rows[-1] == ["Back"]
        assert all(len(max(row, key=len)) * len(row) <= 39 for row in editor.rows), "cut off"
        await ada.tap(editor, "Back")
        assert editor.rows[:2] == ROWS
        for choice in choices:
            if choice == "Cut the foreground out":
                continue
            before = editor.text
            await choose(ada, editor, menu.removesuffix(" ▾"), choice)
            assert editor.text != before, choice
            assert editor.rows[:2] == ROWS
        await choose(ada, editor, menu.removesuffix(" ▾"), none)
        assert "Now: " not in editor.text, menu
        assert "Undo" in editor.buttons
    assert {name for one in EFFECTS if (name := one.parameter)} >= {"blur", "gamma", "sharp"}
    for _ in range(100):
        if "Undo" not in editor.buttons:
            break
        await ada.tap(editor, "Undo")
    assert editor.text == begun


async def test_what_is_chosen_is_marked_and_the_link_shows_it(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    editor = await opened_editor(ada)
    await choose(ada, editor, "Format", "WEBP")
    await choose(ada, editor, "Size", "Small: 320 pixels")
    await ada.tap(editor, "Size ▾")
    assert "✓ Small: 320 pixels" in editor.buttons
    await ada.tap(editor, "Medium: 640 pixels")
    await ada.tap(editor, "Undo")
    assert "Now: format=webp size=s" in editor.text
    assert pictures.opened(editor.photo).size == (320, 240)
    await ada.tap(editor, "Done")
    assert editor.rows == [["Copy link", "Transform", "Details"], ["Make private", "Delete"]]
    (link,) = links(editor)
    await ada.tap(editor, "Copy link")
    assert ada.clipboard == link
    assert link.endswith("?format=webp&size=s")
    shown = pictures.opened(await picture(server, link))
    assert (shown.format, shown.size) == ("WEBP", (320, 240))
    await ada.tap(editor, "Transform")
    assert "Now: format=webp size=s" in editor.text, "it goes on from there"


async def test_saving_makes_an_image_of_its_own(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    editor = await opened_editor(ada)
    (old,) = links(editor)
    await choose(ada, editor, "Rotate and flip", "A quarter to the right")
    await ada.tap(editor, "Save as new", repeat=2)
    saved = ada.sees()[-1]
    assert saved is not editor
    (new,) = links(saved)
    assert media_id(new) != media_id(old)
    assert "?" not in new
    assert pictures.opened(await picture(server, new)).size == (480, 640)
    assert len(links(await ada.send("/images"))) == 2


async def test_taps_that_come_twice_and_at_once_are_one_step_each(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    editor = await opened_editor(ada)
    await ada.tap(editor, "Effects ▾")
    await ada.tap(editor, "Blur", repeat=2)
    assert "Now: blur=5" in editor.text
    first, second = ada.begin_tap(editor, "Format ▾"), ada.begin_tap(editor, "Format ▾")
    for tap in (first, second):
        await tap.end(30, telegram.complaints)
    await ada.tap(editor, "PNG")
    assert "Now: blur=5 format=png" in editor.text


async def test_an_image_deleted_meanwhile_is_told_and_its_editor_shows_that(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    editor = await opened_editor(ada)
    await ada.tap(editor, "Effects ▾")
    await ada.tap(editor, "Grey")
    (link,) = links(editor)
    asked = await ada.send(f"/delete {link}")
    await ada.tap(editor, "Exact numbers")
    question = ada.sees()[-1]
    await ada.tap(asked, "Delete for good")
    for button in ("Format ▾", "Exact numbers", "Save as new", "Done"):
        tap = await ada.tap(editor, button)
        told = tap.text or ada.sees()[-1].text
        assert "deleted or has expired" in told or asks(ada.sees()[-1]), button
    told = await ada.send("blur=5", reply_to=question)
    assert "deleted or has expired" in told.text
    assert not asks(told)


async def test_strangers_have_an_editor_of_their_own(shared):
    _, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    cats = telegram.group("Cats", ada, bob)
    reply = await ada.send_document(pictures.jpeg(), "cat.jpg", caption="/upload", chat=cats)
    await ada.tap(reply, "Transform")
    editor = next(one for one in cats.messages.values() if "Format ▾" in one.buttons)
    tap = await bob.tap(editor, "Format ▾")
    assert "for who asked" in tap.text
    assert editor.rows[:2] == ROWS


async def test_buttons_menus_and_questions_work_after_a_restart(backing, tmp_path):
    async with telegram_platform() as telegram:
        where = {"telegram_token": telegram.token, "telegram_api_url": telegram.url}
        ada = telegram.user("ada")
        async with serving_locally(tmp_path, **where) as server, chatting(server.core):
            editor = await opened_editor(ada)
            await choose(ada, editor, "Size", "Small: 320 pixels")
            await choose(ada, editor, "Format", "PNG")
            await ada.tap(editor, "Exact numbers")
            question = ada.sees()[-1]
            listed = await ada.send("/images")
        async with serving_locally(tmp_path, **where) as server, chatting(server.core):
            await ada.tap(editor, "Undo")
            assert "Now: size=s" in editor.text
            await choose(ada, editor, "Effects", "Grey")
            told = await ada.send("blur=5", reply_to=question)
            assert "blur=5" in told.text
            await ada.tap(listed, listed.rows[0][0])
            assert "640 × 480" in ada.sees()[-1].text


@pytest.mark.parametrize(
    "data", ["frobnicate|x", "details", "=9|x|y", "=1|details", "||", "x" * 64]
)
async def test_a_button_of_an_older_version_is_told_of(shared, data):
    server, telegram = shared
    ada = telegram.user("ada")
    reply = await ada.send_document(pictures.png(), "cat.png")
    reply.buttons["Details"]["callback_data"] = data
    tap = await ada.tap(reply, "Details")
    told = tap.text or ada.sees()[-1].text
    assert "older version" in told or "can't tell which image" in told, data
    assert await status_of(server, links(reply)[0]) == 200
