"""What an answer shows: the picture, what is said of it, its buttons, to whom."""

from __future__ import annotations

from dataclasses import replace

import pictures
import pytest
from chats import assert_veiled, links, new_profile, page
from discord_platform.markdown import plain

from core.chats import ChatRef, ChatSettings, Platform
from core.embeds import Look

pytestmark = pytest.mark.asyncio(loop_scope="module")
PHOTO = pictures.jpeg(320, 240)


async def test_where_it_does_not_the_picture_goes_along_with_its_alternative_text(shared):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild("Cats")
    reply = await ada.command("upload", file=PHOTO, caption="A cat", guild=guild)
    assert list(reply.buttons) == ["Transform", "Details", "Make private", "Delete"]
    [embed], [file] = reply.embeds, reply.hidden
    assert embed["image"]["url"] == file["url"]
    assert file["description"] == "A cat"
    assert discord.cdn.bytes_of(file["id"])[:3] == b"\xff\xd8\xff"
    assert "url" not in embed
    assert server.url in links(reply.text)[0]


async def test_alternative_texts_are_cut_to_what_discord_takes(shared):
    _, discord = shared
    caption = "Ein Käfer " * 190
    reply = await discord.user("ada").command("upload", file=PHOTO, caption=caption)
    [file] = reply.hidden
    assert 900 < len(file["description"]) <= 1_024
    assert len(plain(reply.embeds[0]["title"])) <= 256


async def test_a_picture_over_the_places_limit_is_its_link_alone(shared):
    server, discord = shared
    photo = pictures.grains(200)
    small = discord.guild("Small", attachment_limit=len(photo) - 1)
    reply = await discord.user("ada").command("upload", file=photo, guild=small)
    assert reply.hidden == reply.data["attachments"] == []
    assert "image" not in reply.embeds[0]
    assert "200 × 200" in reply.embeds[0]["description"]
    assert await page(server, links(reply.text)[0])


async def test_a_spoilers_picture_is_veiled(shared):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild("Cats")
    await new_profile(server, ada, "Veiled", Look(spoiler=True))
    reply = await ada.command("upload", file=PHOTO, embed="Veiled", guild=guild)
    assert_veiled(reply)


async def test_where_a_chat_has_agreed_on_private_images_answers_are_private_too(shared):
    server, discord = shared
    ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild("Secret")
    agreed = replace(ChatSettings(), public=False)
    await server.core.chats.change(
        ChatRef(Platform.DISCORD, guild.id), lambda one: replace(one, settings=agreed)
    )
    reply = await ada.command("upload", file=PHOTO, guild=guild)
    assert reply.ephemeral
    assert await page(server, links(reply.text)[0])
    assert bob.sees(guild) == []
    asked = await ada.command("upload", file=PHOTO, private=False, guild=guild)
    assert not asked.ephemeral
    assert [one.id for one in bob.sees(guild)] == [asked.id]


async def test_what_is_refused_is_for_who_asked_alone(shared):
    _, discord = shared
    ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild("Cats")
    reply = await ada.command("upload", file=b"no picture", guild=guild)
    assert reply.ephemeral
    assert "Send a JPEG" in reply.text
    assert bob.sees(guild) == []
