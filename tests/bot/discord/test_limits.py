"""Whatever there is to say, it is said within Discord's limits: the stand-in refuses what is not."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pictures
import pytest
from chats import links, new_profile
from discord_platform.interactions import Modal
from discord_platform.messages import Message

from bot.actions import ACTIONS, Action
from bot.commands import every
from bot.options import Attached, Flag, Id, Reference, Text, Ttl, Word
from bot.replies import Button, Choice, Display, Field, Form, LinkButton, Menu, Reply
from bot.texts import Address, Bold, Code, Moment, Quote
from core.embeds import Look

pytestmark = pytest.mark.asyncio(loop_scope="module")
STARS = "*" * 2_000
CATS = "\N{CAT FACE}" * 5_000
PHOTO = pictures.png(64, 48)
LONG = Address("https://pix.example/" + "a" * 1_900)


def display(number: int, **changes) -> Display:
    whole = Display(
        page="https://pix.example/AbCdEfGhJk",
        alt="ä" * 3_000,
        data=bytes(3 << 20),
        name=f"{number}.png",
        title=STARS,
        words=(Bold(STARS), Code("`" * 3_000), Quote("x\n" * 3_000)),
        colour="#ffffff",
        author="_" * 3_000,
        author_url="https://pix.example/",
    )
    return dataclasses.replace(whole, **changes)


BUTTONS = tuple(Button("b" * 300, "undo", f"{number}{'t' * 50}") for number in range(5))
MENUS = tuple(
    (Menu("m" * 300, "edit", f"m{n}", tuple(Choice("c" * 300, f"{c}") for c in range(60))),)
    for n in range(4)
)
LEADS = (LinkButton("l" * 300, "https://pix.example/" + "a" * 480),)
EXTREMES = {
    "markup that doubles": Reply((STARS, Bold(STARS), Code(STARS))),
    "many lines": Reply((Quote("[x](y)\n" * 900), Moment(datetime.now(UTC)))),
    "links that do not fit": Reply((LONG, "\n", LONG, LONG)),
    "files of 36 MB": Reply(("x",), tuple(display(n) for n in range(12))),
    "pictures by address": Reply(
        ("x",), tuple(display(n, url=f"https://pix.example/{n}.png", data=None) for n in range(12))
    ),
    "veiled ones": Reply(("x",), tuple(display(n, spoiler=True) for n in range(3))),
    "emoji, each of which counts once": Reply(
        (CATS,), (display(0, title=CATS, words=(CATS,), alt=CATS, author=CATS),), (*MENUS, BUTTONS)
    ),
    "a file too large": Reply(("x",), (display(0, data=bytes(11 << 20)),)),
    "controls": Reply(("x",), (), (*MENUS, BUTTONS, LEADS, BUTTONS)),
    "one failed": Reply((STARS,), failed=True),
}


@pytest.mark.parametrize("name", EXTREMES)
@pytest.mark.parametrize("beside", [True, False])
async def test_the_most_extreme_reply_is_shown(shared, monkeypatch, name, beside):
    _, discord = shared

    async def handler(*_):
        return EXTREMES[name]

    monkeypatch.setitem(ACTIONS, "details", Action(handler, beside=beside))
    ada = discord.user("ada")
    reply = await ada.command("upload", file=PHOTO)
    told = await ada.press(reply, "Details")
    assert told.text
    assert "went wrong" not in told.text
    assert not discord.complaints


async def test_the_most_extreme_form_is_shown(shared, monkeypatch):
    _, discord = shared
    fields = tuple(Field(f"f{n}", "l" * 200, "v" * 9_000, "h" * 300, lines=True) for n in range(7))

    async def handler(*_):
        return Reply(form=Form("t" * 200, "edit-set", "x", fields))

    monkeypatch.setitem(ACTIONS, "details", Action(handler, asks=True))
    ada = discord.user("ada")
    reply = await ada.command("upload", file=PHOTO)
    modal = await ada.press(reply, "Details")
    assert len(modal.data["components"]) == 5
    assert not discord.complaints


async def somebody(server, discord, count):
    """Somebody whose every text is as long and as full of markup as may be, and where they are."""
    ada, guild = discord.user("*" * 32), discord.guild("Cats")
    guild.allow(ada.account, "manage_guild")
    look = Look(title="{caption}", author_name="{caption}", description="{caption}")
    await new_profile(server, ada, "*" * 50, look)
    told = {"album": "_" * 100, "embed": "*" * 50}
    for number in range(count):
        await ada.command("upload", file=PHOTO, caption=STARS[number:], guild=guild, **told)
    return ada, guild


async def test_every_command_answers_who_has_the_longest_texts(shared):
    server, discord = shared
    ada, guild = await somebody(server, discord, 12)
    last = await ada.command("upload", file=PHOTO, caption=STARS, guild=guild)
    link = (
        f"{links(last.text)[0]}?background=gold&blur=1.5&brightness=1.25&contrast=1.25&format=webp"
    )
    given = {"image": link, "album": "_" * 100, "embed": "*" * 50, "key": "1"}
    values = {
        Text: STARS[:100],
        Flag: True,
        Ttl: "1d",
        Attached: PHOTO,
        Id: guild.channel,
    }
    for path, command in every():
        if command.commands:
            continue  # Discord has its subcommands alone
        options = {}
        for option in command.options:
            if isinstance(option.kind, Reference):
                options[option.name] = given[option.kind.of]
            elif option.required:
                kind = option.kind
                options[option.name] = (
                    kind.words[0] if isinstance(kind, Word) else values[type(kind)]
                )
        reply = await ada.command(path, guild=guild, options=options)
        assert isinstance(reply, Modal) or reply.content or reply.embeds, path
        if isinstance(reply, Message):
            assert "went wrong" not in reply.text, path
    assert not discord.complaints


async def test_ten_pictures_with_the_longest_captions_are_one_answer(shared):
    server, discord = shared
    ada, guild = await somebody(server, discord, 2)
    modal = await ada.command("upload", guild=guild)
    reply = await ada.submit(modal, {"Pictures": [PHOTO] * 10, "Caption": STARS})
    assert len(reply.embeds) == len(links(reply.text)) == 10
    assert not discord.complaints


async def test_completions_are_within_their_limits(shared):
    server, discord = shared
    ada, guild = await somebody(server, discord, 2)
    for command, option in (("info", "image"), ("upload", "album"), ("upload", "embed")):
        more = {"file": PHOTO} if command == "upload" else {}
        assert await ada.autocomplete(command, option, "", guild=guild, **more)
    assert not discord.complaints
