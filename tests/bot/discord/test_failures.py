"""What can go wrong on Discord: each has a sentence, and says what to do next."""

from __future__ import annotations

import sqlite3

import pictures
import pytest
from chats import BrokenImager, caller_of, database_file, links
from discord_platform.cdn import File

from core.chats import Platform

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("file", "told", "advice"),
    [
        (File(b"words", "a.png"), "not an image that we can read", "Send a JPEG, PNG, GIF"),
        (File(pictures.png()[:60], "a.png"), "", "Send a JPEG, PNG, GIF"),
        (File(pictures.png(), expired=True), "no longer gives this file", "Send the picture again"),
        (File(pictures.grains(300), drops_after=500), "no longer gives", "Send the picture again"),
        (File(pictures.png(), claims_size=71 << 20), "The file has 71 MB", "Send a smaller file"),
    ],
)
async def test_bad_files(shared, file, told, advice):
    _, discord = shared
    ada = discord.user("ada")
    reply = await ada.command("upload", file=file)
    assert told in reply.text
    assert advice in reply.text
    assert "0 of 100" in (await ada.command("usage")).text


async def test_a_file_that_is_declared_too_large_is_not_fetched(shared):
    _, discord = shared
    fetched = dict(discord.cdn.fetches)
    await discord.user("ada").command("upload", file=File(pictures.png(), claims_size=1 << 40))
    assert discord.cdn.fetches == fetched


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
    _, discord = shared
    reply = await discord.user("ada").command("import", url=url)
    assert told in reply.text
    assert "upload the file" in reply.text


async def test_several_reasons_are_told_of_each_file(shared):
    _, discord = shared
    reply = await discord.user("ada").command(
        "upload", file=File(b"words", "a.png"), file2=File(pictures.png(), "b.png", expired=True)
    )
    assert "a.png: The file is not an image" in reply.text
    assert "b.png: The chat's platform no longer gives this file." in reply.text


@pytest.mark.parametrize(
    "command",
    [
        "upload",
        "import",
        "images",
        "info",
        "edit",
        "delete",
        "usage",
        "key create",
        "key list",
        "login",
        "link",
        "help",
    ],
)
async def test_who_is_banned_is_told_so_at_every_command(shared, command):
    server, discord = shared
    eve = discord.user("eve")
    caller = await caller_of(server, Platform.DISCORD, eve)
    await server.core.accounts.ban(str(caller.user_id), "", delete=False)
    options = {"upload": {"file": pictures.png()}, "import": {"url": "https://a.example/a.png"}}
    reply = await eve.command(command, **options.get(command, {}))
    assert "has been banned from this server" in reply.text
    assert "operator" in reply.text
    assert await eve.autocomplete("info", "image", "") == []


async def test_a_button_of_an_image_that_is_gone(shared):
    _, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    reply = await ada.command("upload", file=pictures.png(), guild=guild)
    (link,) = links(reply.text)
    asked = await ada.command("delete", image=link)
    await ada.press(asked, "Delete for good")
    told = await ada.press(reply, "Details")
    assert "deleted or has expired" in told.text
    told = await ada.press(reply, "Delete")
    assert "deleted or has expired" in told.text
    assert (await ada.command("edit", image=link, caption="x", guild=guild)).text.startswith(
        "This image was deleted"
    )


async def test_a_used_up_quota_is_told_with_the_way_to_plans(chat, tmp_path):
    plans = tmp_path / "plans.toml"
    rows = "".join(
        f'[plans.{name}]\nlabel = "{name}"\nprice = ""\nmax_file = "1 MB"\nmax_svg = "1 MB"\n'
        f"uploads_month = {uploads}\n"
        for name, uploads in (("anonymous", 1), ("free", 1), ("unlimited", 9))
    )
    plans.write_text(rows)
    async with chat(plans_file=plans, public_url="https://pix.example.org") as (_, discord):
        ada = discord.user("ada")
        both = await ada.command("upload", file=pictures.png(), file2=pictures.png(seed=2))
        assert len(links(both.text)) == 1
        assert "The plan's 1 uploads of this month are used up." in both.text
        assert both.buttons["See plans"]["url"].startswith("https://pix.example.org/pricing?team=")
        reply = await ada.command("upload", file=pictures.png(seed=3))
        assert "used up" in reply.text
        assert "choose a larger plan" in reply.text
        assert "See plans" in reply.buttons
        large = await ada.command("upload", file=File(pictures.png(), claims_size=2 << 20))
        assert "See plans" in large.buttons
        usage = await ada.command("usage")
        assert "▰▰▰▰▰▰▰▰▰▰ 1 of 1" in usage.text
        assert "See plans" in usage.buttons


async def test_a_database_that_is_away(chat, tmp_path, backing):
    if backing.__class__.__name__ != "Embedded":
        pytest.skip("it locks SQLite's file")
    async with chat() as (_, discord):
        await discord.user("ada").command("usage")
        file = database_file(tmp_path / "data")
        with sqlite3.connect(file, isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            reply = await discord.user("bob").command("usage")
            other.execute("ROLLBACK")
        assert "The database can't be reached right now." in reply.text
        assert "Try again in 5 seconds." in reply.text


async def test_a_fault_of_ours_is_told_by_its_id_alone(chat, caplog):
    async with chat({"imager": BrokenImager()}) as (_, discord):
        reply = await discord.user("ada").command("upload", file=pictures.png())
        assert "Something went wrong on our side. Try again" in reply.text
        assert "nobody" not in reply.text
        assert len(reply.text.rpartition(": `")[2].rstrip("`")) == 16


async def test_a_platform_that_stalls(chat):
    async with chat(attachment_timeout=0.5) as (_, discord):
        ada = discord.user("ada")
        file = File(pictures.grains(300), stalls_after=5_000)
        reply = await ada.command("upload", file=file)
        assert "gave the file too slowly" in reply.text
        assert "Try again later" in reply.text


async def test_failures_are_german_for_who_reads_german(shared):
    _, discord = shared
    eva = discord.user("eva", locale="de")
    for options, told in (
        ({"file": File(b"words", "a.png")}, "Die Datei ist kein Bild, das wir lesen können."),
        ({"file": File(pictures.png(), expired=True)}, "Die Chat-Plattform gibt diese Datei nicht"),
        ({"file": File(pictures.png(), claims_size=71 << 20)}, "Die Datei hat 71 MB; dein Tarif"),
        ({"file": pictures.png(), "ttl": "bald"}, "ttl muss eine Spanne sein"),
    ):
        assert told in (await eva.command("upload", **options)).text
    assert "Noch hast du in diesem Chat kein Bild" in (await eva.command("info")).text
    assert (
        "Ich kann nicht sagen, welches Bild das ist"
        in (await eva.command("info", image="Katze")).text
    )
