"""What can go wrong on Telegram: each has a sentence, and says what to do next."""

from __future__ import annotations

import sqlite3

import pictures
import pytest
from chats import BrokenImager, caller_of, database_file
from telegram_platform.files import File
from telegrams import links, seen

from bot.commands import every
from bot.examples import example
from bot.languages import language_for
from bot.telegram import limits
from core.chats import Platform

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_who_is_banned_is_told_so_whatever_they_do(shared, monkeypatch):
    server, telegram = shared
    monkeypatch.setattr(limits, "CHAT", "1000/second")
    telegram.floods.on = False
    eve = telegram.user("eve")
    reply = await eve.send_document(pictures.png(), "a.png")
    question = await eve.send("/album create")
    caller = await caller_of(server, Platform.TELEGRAM, eve)
    await server.core.accounts.ban(str(caller.user_id), "", delete=False)
    for path, command in every():
        if command.administers:
            continue
        needs = any(option.required for option in command.options)
        bare = [] if needs else [f"/{path}"]
        for text in (*bare, f"/{example(path, command, language_for('en'))}"):
            told = (await eve.send(text)).text
            assert "has been banned from this server" in told, text
            assert "operator" in told
    for told in (
        await eve.send_document(pictures.png(), "b.png"),
        await eve.send("https://example.org/cat.png"),
        await eve.send("Mine", reply_to=question),
    ):
        assert "has been banned from this server" in told.text
    for button in ("Transform", "Details", "Delete"):
        tap = await eve.tap(reply, button)
        assert "has been banned" in (tap.text or eve.sees()[-1].text)


async def test_a_button_of_an_image_that_is_gone(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    reply = await ada.send_document(pictures.png(), "a.png")
    asked = await ada.send("/delete")
    await ada.tap(asked, "Delete for good")
    for button in ("Details", "Transform", "Make private", "Delete"):
        tap = await ada.tap(reply, button)
        assert tap.alert
        assert "deleted or has expired" in tap.text, button
        assert "It can't be brought back" in tap.text
    assert links(reply), "the message stays as it is"
    told = await ada.send(f"/edit {links(reply)[0]} caption=x")
    assert told.text.startswith("This image was deleted")


async def test_partial_failures_stand_beside_the_links(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    files = [File(b"no picture", "notes.png"), pictures.png(), File(pictures.png()[:60], "b.png")]
    await ada.send_album(files, kind="document")
    await telegram.until(lambda: links(ada.sees()[-1]))
    reply = ada.sees()[-1]
    assert len(links(reply)) == 1
    assert "notes.png: The file is not an image that we can read." in seen(reply)
    assert "b.png: The PNG could not be decoded" in seen(reply)
    assert "1 of 100" in (await ada.send("/usage")).text


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1/a.png", "can't be imported from"),
        ("ftp://example.org/a.png", "http"),
        ("cat.png", "http"),
        ("https://no-such-host.invalid/a.png", "could not be reached"),
    ],
)
async def test_bad_addresses(shared, url, told):
    _, telegram = shared
    reply = await telegram.user("ada").send(f"/import {url}")
    assert told in reply.text
    assert "upload the file" in reply.text


async def test_a_used_up_quota_is_told_with_the_way_to_plans(chat, tmp_path):
    plans = tmp_path / "plans.toml"
    rows = "".join(
        f'[plans.{name}]\nlabel = "{name}"\nprice = ""\nmax_file = "1 MB"\nmax_svg = "1 MB"\n'
        f"uploads_month = {uploads}\n"
        for name, uploads in (("anonymous", 1), ("free", 1), ("unlimited", 9))
    )
    plans.write_text(rows)
    async with chat(plans_file=plans, public_url="https://pix.example.org") as (_, telegram):
        ada = telegram.user("ada")
        await ada.send_album([pictures.png(), pictures.png(seed=2)], kind="document")
        await telegram.until(lambda: links(ada.sees()[-1]))
        both = ada.sees()[-1]
        assert len(links(both)) == 1
        assert "The plan's 1 uploads of this month are used up." in both.text
        assert both.buttons["See plans"]["url"].startswith("https://pix.example.org/pricing?team=")
        reply = await ada.send_document(pictures.png(seed=3), "c.png")
        assert "used up" in reply.text
        assert reply.rows == [["See plans"]]
        large = await ada.send_document(File(pictures.png(), "d.png", claims_size=2 << 20))
        assert "See plans" in large.buttons
        usage = await ada.send("/usage")
        assert "▰▰▰▰▰▰▰▰▰▰ 1 of 1" in usage.text


async def test_a_database_that_is_away(chat, tmp_path, backing):
    if backing.__class__.__name__ != "Embedded":
        pytest.skip("it locks SQLite's file")
    async with chat() as (_, telegram):
        await telegram.user("ada").send("/usage")
        with sqlite3.connect(database_file(tmp_path / "data"), isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            reply = await telegram.user("bob").send("/usage")
            other.execute("ROLLBACK")
        assert "The database can't be reached right now." in reply.text
        assert "Try again in 5 seconds." in reply.text


async def test_a_fault_of_ours_is_told_by_its_id_alone(chat):
    async with chat({"imager": BrokenImager()}) as (_, telegram):
        reply = await telegram.user("ada").send_document(pictures.png(), "a.png")
        assert "Something went wrong on our side. Try again" in reply.text
        assert "nobody" not in reply.text
        assert len(reply.html.rpartition("<code>")[2].partition("<")[0]) == 16


async def test_a_platform_that_stalls(chat):
    async with chat(attachment_timeout=0.5) as (_, telegram):
        stalled = File(pictures.grains(300), "a.png", stalls_after=5_000)
        reply = await telegram.user("ada").send_document(stalled)
        assert "gave the file too slowly" in reply.text
        assert "Try again later" in reply.text


async def test_failures_are_german_for_who_reads_german(shared):
    _, telegram = shared
    eva = telegram.user("eva", language="de-AT")
    for file, told in (
        (File(b"words", "a.png"), "Die Datei ist kein Bild, das wir lesen können."),
        (File(pictures.png(), "a.png", claims_size=30 << 20), "Telegram gibt Bots Dateien bis 20"),
        (File(b"x", "a.mp4", "video/mp4"), "Die Datei ist kein Bild"),
    ):
        assert told in (await eva.send_document(file)).text
    assert "Das ist ein Video" in (await eva.send_sticker(File(b"x", "a.tgs"))).text
    assert "Noch hast du in diesem Chat kein Bild" in (await eva.send("/info")).text
    assert "Ich kann nicht sagen, welches Bild" in (await eva.send("/info Katze")).text
    assert "ttl muss eine Spanne sein" in (await eva.send("/edit ttl=bald")).text
