"""Whatever there is to say, it is said within Telegram's limits: the stand-in refuses what is not."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pictures
import pytest
from telegrams import asks, links

from bot.actions import ACTIONS, Action
from bot.commands import every
from bot.examples import example
from bot.languages import language_for
from bot.replies import (
    Button,
    Choice,
    CopyButton,
    Display,
    Field,
    Form,
    LinkButton,
    Menu,
    Reply,
)
from bot.telegram import limits
from bot.texts import Address, Bold, Code, Day, Moment, Quote

pytestmark = pytest.mark.asyncio(loop_scope="module")
ANGLES = "<&>" * 3_000
PHOTO = pictures.png(64, 48)
LONG = Address("https://pix.example/" + "a" * 1_900)


def display(number: int, **changes) -> Display:
    whole = Display(
        page="https://pix.example/AbCdEfGhJk",
        alt="ä" * 3_000,
        data=PHOTO,
        name=f"{number}.png",
        title=ANGLES[:2_000],
        words=(Bold(ANGLES), Code("`" * 3_000), Quote("x\n" * 3_000)),
        colour="#ffffff",
        author="_" * 3_000,
        author_url="https://pix.example/",
    )
    return dataclasses.replace(whole, **changes)


def menu(number: int, choices: int, whole: tuple[str, str] | None = None) -> Menu:
    every_choice = tuple(Choice("c" * 300, f"{each}", chosen=True) for each in range(choices))
    return Menu("m" * 300, "edit", f"m{number}", every_choice, whole)


BUTTONS = tuple(Button("b" * 300, "undo", f"{number}{'t' * 50}") for number in range(5))
LEADS = (
    LinkButton("l" * 300, "https://pix.example/" + "a" * 480),
    LinkButton("too long", "https://pix.example/" + "a" * 3_000),
    CopyButton("copy", "https://pix.example/" + "a" * 236),
    CopyButton("too long", "https://pix.example/" + "a" * 300),
    Button("not now", "undo", "x", enabled=False),
)
WHOLE = ("edit-show", "w" * 50)
EXTREMES = {
    "markup that grows": Reply((ANGLES, Bold(ANGLES), Code(ANGLES))),
    "many lines": Reply((Quote("<b>\n" * 900), Moment(datetime.now(UTC)), Day(datetime.now(UTC)))),
    "more than are shown": Reply(tuple(Bold(f"{number} ") for number in range(900))),
    "links that do not fit": Reply((LONG, "\n", LONG, LONG)),
    "nothing to read": Reply(("\u2060",), (display(0, title="", words=(), author=None),)),
    "twelve pictures": Reply(("x",), tuple(display(n) for n in range(12))),
    "pictures by address": Reply(
        ("x",), tuple(display(n, url=f"https://pix.example/{n}.png", data=None) for n in range(12))
    ),
    "a veiled one": Reply(("x",), (display(0, spoiler=True),)),
    "veiled ones": Reply(("x",), tuple(display(n, spoiler=True) for n in range(3))),
    "a file too large": Reply(("x",), (display(0, data=bytes(11 << 20)),)),
    "controls": Reply(("x",), (), (*((menu(n, 9, WHOLE),) for n in range(4)), BUTTONS, LEADS)),
    "choices": Reply(("x",), (), ((menu(0, 60),), BUTTONS)),
    "one failed": Reply((ANGLES,), failed=True),
}


def answering(monkeypatch, reply, **how):
    async def handler(*_):
        return reply

    monkeypatch.setitem(ACTIONS, "details", Action(handler, **how))


async def test_the_most_extreme_replies_are_shown(shared, monkeypatch):
    _, telegram = shared
    for name, extreme in EXTREMES.items():
        ada = telegram.user(name)
        for beside in (True, False):
            answering(monkeypatch, extreme, beside=beside)
            reply = await ada.send_document(PHOTO, "a.png")
            tap = await ada.tap(reply, "Details")
            told = ada.sees()[-1]
            assert told.text or tap.text or told.photo, name
            assert not any("went wrong" in one.text for one in ada.sees()), name
            assert telegram.complaints == [], name
            assert len(told.text) <= 4_096
            assert all(len(row) <= 4 for row in told.rows)


async def test_the_most_extreme_form_is_shown(shared, monkeypatch):
    _, telegram = shared
    fields = tuple(Field(f"f{n}", "l" * 200, "ü" * 9_000, "h" * 300, lines=True) for n in range(7))
    form = Form("t" * 200, "edit-set", "x", fields, "embed create")
    answering(monkeypatch, Reply(form=form), asks=True)
    ada = telegram.user("ada")
    await ada.tap(await ada.send_document(PHOTO, "a.png"), "Details")
    assert asks(ada.sees()[-1])


async def test_every_command_answers_who_has_the_longest_texts(shared, monkeypatch):
    _, telegram = shared
    monkeypatch.setattr(limits, "CHAT", "1000/second")  # they say much in one chat
    telegram.floods.on = False
    ada = telegram.user("<" * 60)
    title = "<&>" * 60
    await ada.send(f'/embed create "{title[:99]}" title="{title}" description={title * 5}')
    await ada.send(f'/album create "{title}" description={title * 2}')
    for number in range(8):
        caption = f"{number}{'<&>' * 300}"
        last = await ada.send_document(PHOTO, f"{title[:80]}.png", caption=caption)
    link = f"{links(last)[0]}?background=gold&blur=1.5&brightness=1.25&contrast=1.25&format=webp"
    english = language_for("en")
    for path, command in every():
        typed = f"/{example(path, command, english)}"
        typed = typed.replace("AbCdEfGhJk", link).replace("Summer in Rome", f'"{title}"')
        for text in {f"/{path}", typed}:
            reply = await ada.send(text)
            assert reply.text or reply.photo, text
            assert "went wrong" not in reply.text, text
    assert telegram.complaints == []


async def test_ten_pictures_with_the_longest_captions_are_one_answer(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    await ada.send_album([PHOTO] * 10, kind="document", caption="<&>" * 341)
    await telegram.until(lambda: links(ada.sees()[-1]))
    assert len(links(ada.sees()[-1])) == 10
