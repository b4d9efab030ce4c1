"""/upload on Discord: from pictures that come along to links."""

from __future__ import annotations

import re

import pictures
import pytest
from chats import album_link, links, media_id, page, picture, status_of
from discord_platform.cdn import File

from core.chats import Identity, Platform
from core.embeds import Look

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_picture_becomes_a_link(shared):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild("Cats")
    photo = pictures.jpeg(320, 240)
    reply = await ada.command("upload", file=photo, caption="A *cat*", guild=guild)
    assert not reply.ephemeral
    (link,) = links(reply.text)
    assert link.startswith(server.url)
    assert "A *cat*" in await page(server, link)
    assert pictures.same_pixels(await picture(server, link), photo)
    details = await ada.press(reply, "Details")
    assert details.ephemeral
    assert "320 × 240" in details.text


async def test_several_pictures_get_one_answer_and_one_album(shared):
    server, discord = shared
    ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild()
    files = {name: pictures.png(40, 30, seed) for seed, name in enumerate(("file", "file2"), 1)}
    reply = await ada.command("upload", **files, caption="Ducks", guild=guild)
    found = links(reply.text)
    assert [await picture(server, link) for link in found] == list(files.values())
    assert len(reply.embeds) == 2
    refused = await bob.press(reply, "Make one album link")
    assert refused is not reply
    assert "somebody else" in refused.text
    again = await ada.press(reply, "Make one album link")
    assert again is reply
    album = album_link(reply.text)
    assert links(reply.text) == found
    shown = await page(server, album)
    assert "Ducks" in shown
    assert all(media_id(link) in shown for link in found)


async def test_the_album_button_pressed_twice_makes_one_album(shared):
    server, discord = shared
    ada = discord.user("ada")
    reply = await ada.command("upload", file=pictures.png(), file2=pictures.png(seed=2))
    await ada.press(reply, "Make one album link", repeat=2)
    assert album_link(reply.text)
    listed = await ada.autocomplete("upload", "album", "")
    assert len(listed) == 1
    assert "2 pictures" in await page(server, album_link(reply.text))


async def test_partial_failures_stand_beside_the_links(shared):
    server, discord = shared
    ada = discord.user("ada")
    reply = await ada.command(
        "upload",
        file=File(b"no picture", "notes.png"),
        file2=pictures.png(),
        file3=File(pictures.png(), "huge.png", claims_size=80 << 20),
    )
    (link,) = links(reply.text)
    assert await picture(server, link) == pictures.png()
    assert "notes.png: The file is not an image that we can read." in reply.text
    assert "huge.png: The file has 80 MB; your plan takes files of up to 70 MB." in reply.text


async def test_all_options(shared):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    reply = await ada.command(
        "upload",
        file=pictures.png(),
        caption="Hidden",
        ttl="2h",
        private=True,
        album="Summer",
        guild=guild,
    )
    assert reply.ephemeral
    (link,) = links(reply.text)
    assert "sig=" in link
    assert await picture(server, link) == pictures.png()
    assert await status_of(server, link.partition("?")[0]) == 404
    assert ":R>" in reply.text
    assert "Summer" in await page(server, album_link(reply.text))
    second = await ada.command("upload", file=pictures.png(seed=2), album="summer")
    assert album_link(second.text) == album_link(reply.text)
    assert media_id(links(second.text)[0]) in await page(server, album_link(reply.text))
    (choice,) = await ada.autocomplete("upload", "album", "umm")
    assert choice["name"] == "Summer (2)"
    third = await ada.command("upload", file=pictures.png(seed=3), album=choice["value"])
    assert album_link(third.text) == album_link(reply.text)


async def test_no_album_is_left_of_an_upload_that_failed(shared):
    _, discord = shared
    ada = discord.user("ada")
    await ada.command("upload", file=File(b"no picture", "notes.png"), album="Empty")
    assert await ada.autocomplete("upload", "album", "") == []


async def test_an_embed_profile_by_name_or_id(shared):
    server, discord = shared
    ada = discord.user("ada")
    await ada.command("upload", file=pictures.png())
    core = server.core
    caller = await core.people.caller(Identity(Platform.DISCORD, ada.id, "Ada"))
    made = await core.embeds.add(caller, "Fancy", Look(title="Shown: {caption}"), default=False)
    for name in ("fancy", str(made.id)):
        reply = await ada.command("upload", file=pictures.png(), caption="x", embed=name)
        assert reply.embeds[0]["title"] == "Shown: x"
        assert "Shown: x" in await page(server, links(reply.text)[0])
    wrong = await ada.command("upload", file=pictures.png(), embed="Fanzy")
    assert "Did you mean Fancy?" in wrong.text
    (choice,) = await ada.autocomplete("upload", "embed", "fan")
    assert choice["value"] == str(made.id)


async def test_without_a_file_a_form_asks_for_up_to_ten(shared):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    modal = await ada.command("upload", guild=guild, album="Trip")
    assert modal.fields["Album"]["value"] == "Trip"
    files = [pictures.png(seed=seed) for seed in range(1, 11)]
    reply = await ada.submit(modal, {"Pictures": files, "Caption": "Ten", "Time to live": "7d"})
    assert not reply.ephemeral
    found = links(reply.text)
    assert [await picture(server, link) for link in found] == files
    assert "Trip" in await page(server, album_link(reply.text))
    wrong = await ada.submit(
        await ada.command("upload", guild=guild, private=True),
        {"Pictures": [pictures.png()], "Time to live": "soon"},
    )
    assert wrong.ephemeral
    assert "ttl must be a span" in wrong.text


async def test_a_doubled_delivery_hosts_once(shared):
    server, discord = shared
    ada = discord.user("ada")
    reply = await ada.command("upload", file=pictures.png(), repeat=2)
    assert len(links(reply.text)) == 1
    choices = await ada.autocomplete("info", "image", "")
    assert len(choices) == 1
    made = await ada.command("key create")
    headers = {"Authorization": "Bearer " + re.search(r"`(\d+\|\S+)`", made.text)[1]}
    _, _, media = await server.call("GET", f"/v1/media/{choices[0]['value']}", headers=headers)
    assert re.fullmatch(r"discord:\d+:1", media["external_id"])
