"""Buttons that somebody taps who should not, that nobody made, or whose message is gone."""

from __future__ import annotations

from itertools import cycle

import pictures
import pytest
from chats import status_of
from telegrams import links

from bot.actions import ACTIONS
from bot.telegram import administrators

pytestmark = pytest.mark.asyncio(loop_scope="module")

TARGETS = (
    "",
    "abc",
    "AbCdEfGhJk",
    "../..",
    "1",
    "9" * 40,
    "é😀",
    "a.b",
    "\x01\x7f",
    "%00",
    "'\"<b>",
)


async def posted(person, group):
    return await person.send_document(
        pictures.png(), "cat.png", caption="/upload A cat", chat=group
    )


async def test_only_the_taps_of_who_asked_count(shared):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    group = telegram.group("Cats", ada, bob)
    reply = await posted(ada, group)
    before, count = reply.versions, len(ada.sees(group))
    known = len(await server.core.accounts.list_users())
    for button in ("Transform", "Details", "Make private", "Delete"):
        tap = await bob.tap(reply, button)
        assert tap.alert
        assert "for who asked" in tap.text
    assert (reply.versions, len(ada.sees(group))) == (before, count)
    assert len(await server.core.accounts.list_users()) == known, "a tap makes him no account"
    await ada.tap(reply, "Details")
    details = ada.sees(group)[-1]
    assert (await bob.tap(details, "Delete")).alert
    assert (await ada.tap(reply, "Transform")).text == ""
    assert (await bob.tap(reply, "Done")).alert
    assert await status_of(server, *links(reply)) == 200


async def test_of_answers_whose_question_is_gone_too(shared):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    group = telegram.group("Cats", ada, bob)
    reply = await posted(ada, group)
    ada.delete(reply.reply_to)
    reply.data.pop("reply_to_message")
    for button in ("Make private", "Delete"):
        assert "somebody else" in (await bob.tap(reply, button)).text
    before = reply.versions
    await bob.tap(reply, "Transform")
    assert reply.versions == before, "his editor is another message"
    for data in ("kept|Ada owes me a cat", "keep|AbCdEfGhJk"):
        assert (await bob.forge_tap(reply, data)).alert
    assert (reply.versions, ada.sees(group)[-2]) == (before, reply), "it says what it said"
    assert await status_of(server, *links(reply)) == 200


async def test_administrators_delete_what_is_posted_until_they_are_none(shared, monkeypatch):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    group = telegram.group("Cats", ada, bob, admins=[bob])
    first, second = [await posted(ada, group) for _ in range(2)]
    before = telegram.calls["getChatAdministrators"]
    for reply in (first, second):
        (link,) = links(reply)
        await bob.tap(reply, "Delete")
        await bob.tap(reply, "Delete for good")
        assert await status_of(server, link) == 410
    assert telegram.calls["getChatAdministrators"] == before + 1, "asked once in half a minute"
    monkeypatch.setattr(administrators, "LIFE", 0.0)
    group = telegram.group("Dogs", ada, bob, admins=[bob])
    third = await posted(ada, group)
    await bob.tap(third, "Delete")
    await bob.tap(third, "Keep it")
    group.admins.clear()
    assert (await bob.tap(third, "Delete")).alert
    assert await status_of(server, *links(third)) == 200


async def test_that_telegram_does_not_say_who_administers_is_told(shared):
    _, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    group = telegram.group("Cats", ada, bob, admins=[bob])
    telegram.troubles.fail("getChatAdministrators", status=502, times=1)
    assert "Telegram can't be reached" in (await bob.send("/settings", chat=group)).text
    assert "can't be reached" not in (await bob.send("/settings", chat=group)).text


async def test_messages_that_are_gone_by_then(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    reply = await ada.send_document(pictures.png(), "cat.png")
    tap = ada.begin_tap(reply, "Transform")
    ada.delete(reply)
    await tap.end(20, telegram.complaints)
    assert "Format ▾" in ada.sees()[-1].buttons, "the editor is a message of its own then"
    old = await ada.send_document(pictures.png(), "cat.png")
    data = old.buttons["Delete"]["callback_data"]
    told = await ada.forge_tap(old, data, forgotten=True)
    assert told.alert
    assert "Run the command again" in told.text
    assert await status_of(server, *links(old)) == 200


async def test_buttons_that_nobody_made(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    reply = await ada.send_document(pictures.png(), "cat.png")
    targets = cycle(TARGETS)
    made = [f"{action}|{next(targets)}{more}" for action in ACTIONS for more in ("", "|x")]
    odd = (
        "",
        "|",
        "||",
        "nothing|x",
        "x" * 64,
        "=1|edit-show|abc",
        "=x|a|b",
        "=9|page|1",
        "d|" * 200,
    )
    for data in (*odd, *made):
        count = len(ada.sees())
        tap = await ada.forge_tap(reply, data)
        told = f"{tap.text} {' '.join(one.text for one in ada.sees()[count:])}"
        assert "on our side" not in told, (data, told)
    assert links(await ada.send_document(pictures.png(), "cat.png"))


@pytest.mark.parametrize("action", ["import", "bundle", "page", "album-page"])
async def test_what_a_button_is_about_is_of_its_own_kind(shared, action):
    _, telegram = shared
    ada = telegram.user("ada")
    editor = await ada.send_document(pictures.png(), "cat.png")
    await ada.tap(editor, "Transform")
    _, _, kept = editor.buttons["Done"]["callback_data"].partition("|")
    count = len(ada.sees())
    tap = await ada.forge_tap(editor, f"{action}|{kept}{':0' if 'page' in action else ''}")
    told = f"{tap.text} {' '.join(one.text for one in ada.sees()[count:])}"
    assert "Run the command again" in told
