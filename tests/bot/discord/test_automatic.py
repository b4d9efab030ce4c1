"""A channel whose every picture is hosted."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace

import pictures
import pytest
import pytest_asyncio
from chats import links
from discord_platform.cdn import File

from core.chats import ChatRef, ChatSettings, Platform

pytestmark = pytest.mark.asyncio(loop_scope="module")
PHOTO = pictures.jpeg(64, 48)
NOTES = File(b"%PDF-1.7", "notes.pdf")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def listening(opened_for_module):
    """A server and platform, and how to make a place with such a channel."""
    async with opened_for_module(discord_message_content=True) as (server, discord):

        async def place(**agreed):
            guild = discord.guild("Cats")
            gallery = discord.channel(guild, "gallery")
            told = replace(ChatSettings(), **{"automatic": gallery.id} | agreed)
            ref = ChatRef(Platform.DISCORD, guild.id)
            await server.core.chats.change(ref, lambda chat: replace(chat, settings=told))
            return guild, gallery

        yield server, discord, place


@asynccontextmanager
async def unanswered(discord, channel):
    """Nothing is answered there: what comes after it is the first answer."""
    before = len(channel.messages)
    yield
    marker = await discord.user("marker").say(channel=channel, attachments=[PHOTO])
    answer = await discord.answer_to(marker)
    new = list(channel.messages.values())[before:]
    bot = [one for one in new if one.data["author"]["id"] == discord.app.account.id]
    assert [one.id for one in bot] == [answer.id]


async def test_pictures_of_everybody_are_hosted_and_answered_below_them(listening):
    server, discord, place = listening
    guild, gallery = await place()
    ada = discord.user("ada")  # whom we have never seen
    said = await ada.say(channel=gallery, attachments=[PHOTO, pictures.png()])
    answer = await discord.answer_to(said)
    assert len(links(answer.text)) == len(answer.embeds) == 2
    assert all(link.startswith(server.url) for link in links(answer.text))
    assert int(answer.data["message_reference"]["message_id"]) == int(said.id)
    assert len(await ada.autocomplete("info", "image", "", guild=guild)) == 2
    assert "64 × 48" in (await ada.command("info", image=links(answer.text)[0])).text
    one = await discord.answer_to(await ada.say(channel=gallery, attachments=[PHOTO]))
    assert "64 × 48" in (await ada.press(one, "Details")).text


async def test_messages_without_pictures_of_bots_and_elsewhere_are_not(listening):
    _, discord, place = listening
    guild, gallery = await place()
    ada, robot = discord.user("ada"), discord.user("robot", bot=True)
    async with unanswered(discord, gallery):
        await ada.say("hello", channel=gallery)
        await robot.say(channel=gallery, attachments=[PHOTO])
        await ada.say(channel=gallery, attachments=[NOTES, File(b"moves", "cat.mp4")])
        await ada.say(guild=guild, attachments=[PHOTO])
    bot = discord.app.account.id
    assert all(one.data["author"]["id"] != bot for one in guild.channel.messages.values())


async def test_what_is_no_picture_is_left_alone_and_forwarded_ones_count(listening):
    _, discord, place = listening
    _, gallery = await place()
    ada = discord.user("ada")
    answer = await discord.answer_to(await ada.say(channel=gallery, attachments=[NOTES, PHOTO]))
    assert len(links(answer.text)) == 1
    assert "notes.pdf" not in answer.text
    unknown = File(PHOTO, "cat.heif", content_type="")  # as where the platform knows no type
    answer = await discord.answer_to(await ada.say(channel=gallery, attachments=[unknown]))
    assert len(links(answer.text)) == 1
    first = discord.message(ada, discord.guild("Dogs"), attachments=[PHOTO])
    answer = await discord.answer_to(await ada.say(channel=gallery, snapshots=[first]))
    assert len(links(answer.text)) == 1


async def test_a_message_that_is_told_of_twice_is_hosted_once(listening):
    _, discord, place = listening
    guild, gallery = await place()
    ada = discord.user("ada")
    first = await discord.answer_to(await ada.say(channel=gallery, attachments=[PHOTO], repeat=2))
    marker = await ada.say(channel=gallery, attachments=[pictures.png()])
    second = await discord.answer_to(marker)
    bot = discord.app.account.id
    told = [one for one in gallery.messages.values() if one.data["author"]["id"] == bot]
    assert [one.id for one in told] == [first.id, second.id]
    assert len(await ada.autocomplete("info", "image", "", guild=guild)) == 2


async def test_what_could_not_be_hosted_is_told(listening):
    _, discord, place = listening
    _, gallery = await place()
    ada = discord.user("ada")
    said = await ada.say(channel=gallery, attachments=[File(b"no picture", "a.png")])
    answer = await discord.answer_to(said)
    assert "Send a JPEG" in answer.text
    said = await ada.say(channel=gallery, attachments=[File(b"none", "a.png"), PHOTO])
    answer = await discord.answer_to(said)
    assert len(links(answer.text)) == 1
    assert "a.png" in answer.text


async def test_it_is_a_channel_for_uploads_whatever_else_is(listening):
    _, discord, place = listening
    guild, gallery = await place(channels=("1",))
    ada = discord.user("ada")
    answer = await discord.answer_to(await ada.say(channel=gallery, attachments=[PHOTO]))
    assert links(answer.text)
    refused = await ada.command("upload", file=PHOTO, guild=guild)
    assert "not allowed in this channel" in refused.text


async def test_a_channel_where_the_bot_may_not_write_is_no_fault(listening):
    _, discord, place = listening
    guild, gallery = await place()
    ada = discord.user("ada")
    refused = discord.troubles.fail("POST", f"/channels/{gallery.id}/messages", status=403)
    await ada.say(channel=gallery, attachments=[PHOTO])
    assert await discord.answer_to(await ada.say(channel=gallery, attachments=[PHOTO]))
    assert refused.happened == 1
    assert await ada.autocomplete("info", "image", "", guild=guild)
    discord.forgive()


async def test_what_is_private_there_is_not_shown_to_all(listening):
    server, discord, place = listening
    _, gallery = await place(public=False)
    said = await discord.user("ada").say(channel=gallery, attachments=[PHOTO])
    answer = await discord.answer_to(said)
    assert "for you alone" in answer.text
    assert (links(answer.text), answer.embeds, answer.files) == ([], [], [])
    assert server.url not in answer.text
