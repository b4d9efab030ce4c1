"""The same command has the same answer on both platforms, but for what each shows in its own way."""

from __future__ import annotations

import re

import pictures
import telegrams
from discord_platform.cdn import File
from discord_platform.markdown import read

from bot.telegram import limits

NAME = "Trip <*1*> & more"
STEPS = (
    ("usage", {}),
    ("images", {}),
    ("info", {}),
    ("info", {"image": "cat"}),
    ("link", {"code": "nobody's"}),
    ("import", {"url": "http://127.0.0.1/a.png"}),
    ("key list", {}),
    ("key create", {"name": NAME, "access": "read"}),
    ("key list", {}),
    ("key revoke", {"key": "none such"}),
    ("album list", {}),
    ("album create", {"title": NAME, "description": "By\nthe sea"}),
    ("album list", {}),
    ("album delete", {"album": "Nowhere"}),
    ("embed list", {}),
    ("embed create", {"name": NAME, "title": "{caption}!", "color": "#ff5733"}),
    ("embed create", {"name": "Typo", "title": "{capton}", "color": "reddish"}),
    ("embed edit", {"profile": NAME, "layout": "image"}),
    ("embed edit", {"profile": NAME}),
    ("embed use", {"profile": NAME}),
    ("embed list", {}),
)
WITH_AN_IMAGE = (
    ("info", {}),
    ("transform", {}),
    ("transform", {"blur": 5, "format": "webp"}),
    ("transform", {"size": "s", "save": True}),
    ("album add", {"album": NAME}),
    ("embed preview", {}),
    ("images", {"search": "CAT"}),
    ("images", {"search": "nothing"}),
    ("edit", {}),
    ("edit", {"caption": "Another cat", "ttl": "1d", "album": "none"}),
    ("album remove", {}),
    ("edit", {"private": True}),
    ("usage", {}),
    ("embed delete", {"profile": NAME}),
    ("delete", {}),
)
TIME = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d UTC)?")
ITS_OWN = re.compile(r"sig=[\w.-]+|\d+\|[\w-]{40,}|\b\w{10}\b|\(\d+\)")
"""What differs from one image, key or profile to another."""


def on_discord(message) -> str:
    """What a message says, as its readers see it."""
    parts = ("TIME" if kind == "time" else value for kind, value in read(message.text))
    markup = {"style", "block", "quote"}
    kinds = (kind for kind, _ in read(message.text))
    shown = "".join(part for part, kind in zip(parts, kinds, strict=True) if kind not in markup)
    return ITS_OWN.sub("…", "\n".join(line.strip() for line in shown.splitlines()))


def on_telegram(message) -> str:
    told = TIME.sub("TIME", telegrams.seen(message))
    told = re.sub(r"/(album|embed|key)_(\w+)", r"/\1 \2", told)
    return ITS_OWN.sub("…", "\n".join(line.strip() for line in told.splitlines()))


def typed(path, options) -> str:
    words = {name: "yes" if value is True else value for name, value in options.items()}
    return " ".join((f"/{path}", *(f'{name}="{value}"' for name, value in words.items())))


async def test_every_answer_is_the_same(everywhere, monkeypatch):
    monkeypatch.setattr(limits, "CHAT", "1000/second")
    _, discord, telegram = everywhere
    telegram.floods.on = False
    ada, eva = discord.user("ada"), telegram.user("ada")

    async def compare(steps):
        for path, options in steps:
            one = await ada.command(path, options=options)
            other = await eva.send(typed(path, options))
            assert on_telegram(other) == on_discord(one), path
            if not one.menus:
                mine = {label for row in other.rows for label in row} - {"Copy link"}
                theirs = {label for label, one in one.buttons.items() if not one.get("disabled")}
                assert mine == theirs, path

    await compare(STEPS)
    photo, caption = pictures.png(320, 240), "A *cat* <b>"
    one = await ada.command("upload", file=File(photo, "a.png"), caption=caption)
    other = await eva.send_document(photo, "a.png", caption=caption)
    assert on_telegram(other) == on_discord(one)
    await compare(WITH_AN_IMAGE)
