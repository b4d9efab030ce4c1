"""The real library and the stand-in understand each other."""

from __future__ import annotations

import asyncio

import pictures
import pytest
from discord_platform.cdn import File
from discord_platform.interactions import Modal, NotAnswered
from discord_platform.options import NotOffered
from discord_platform.small_bot import running_bot
from discord_platform.stand_in import discord_platform


@pytest.fixture
async def discord(monkeypatch):
    async with discord_platform() as platform, running_bot(platform, patch=monkeypatch):
        yield platform


async def test_a_command_is_answered_where_it_was_called(discord):
    guild, ada = discord.guild("Cats"), discord.user("ada")
    reply = await ada.command("echo", text="hello", guild=guild)
    assert reply.content == "hello"
    assert reply.channel is guild.channel
    assert not reply.ephemeral
    secret = await ada.command("echo", text="hello", loud=True)
    assert (secret.content, secret.ephemeral) == ("HELLO", True)
    assert secret.channel is ada.dm
    hidden = await ada.command("echo", text="hello", loud=True, guild=guild)
    assert ada.sees(guild) == [reply, hidden]
    assert discord.user("bob").sees(guild) == [reply]


async def test_a_picture_is_fetched_shown_and_its_button_works(discord):
    guild, ada = discord.guild(), discord.user("ada")
    data = pictures.png()
    reply = await ada.command("upload", file=data, caption="a cat", guild=guild)
    assert reply.text == f"here it is\na cat\n{len(data)} bytes"
    assert reply.files == [data]
    assert list(reply.buttons) == ["Undo", "Open"]
    image = reply.embeds[0]["image"]
    assert (image["width"], image["height"]) == (64, 48)
    assert reply.images == [image["url"]]
    same = await ada.press(reply, "Undo")
    assert same is reply
    assert reply.content == f"undone {len(data)}"
    assert reply.buttons == {}


async def test_a_form_takes_files(discord):
    ada = discord.user("ada")
    modal = await ada.command("ask")
    assert isinstance(modal, Modal)
    assert (modal.title, list(modal.fields)) == ("Pictures", ["Caption", "Files"])
    files = [pictures.png(), File(pictures.jpeg(), "a b.jpg")]
    reply = await ada.submit(modal, {"Caption": "two", "Files": files})
    assert reply.content == f"two {[len(files[0]), len(files[1].data)]}"
    assert reply.ephemeral
    with pytest.raises(NotOffered, match="Files"):
        await ada.submit(modal, {"Files": []})


async def test_what_is_typed_is_completed(discord):
    ada = discord.user("ada")
    choices = await ada.autocomplete("pick", "image", "abo")
    assert [one["value"] for one in choices] == ["about", "above"]
    with pytest.raises(NotOffered, match="does not complete"):
        await ada.autocomplete("upload", "caption", "a", guild=discord.guild())


async def test_menus_subcommands_and_choices(discord):
    ada, guild = discord.user("ada"), discord.guild()
    reply = await ada.command("menu", guild=guild)
    await ada.choose(reply, "Format", "WEBP")
    assert reply.content == "chose webp"
    made = await ada.command("album create", name="Cats", size="Large", guild=guild)
    assert made.content == "Cats l"
    with pytest.raises(NotOffered, match="no choice"):
        await ada.command("album create", name="Cats", size="Huge")
    with pytest.raises(NotOffered, match="name is required"):
        await ada.command("album create")
    with pytest.raises(NotOffered, match="11"):
        await ada.command("many", count=11)
    with pytest.raises(NotOffered, match="no 'Press'"):
        await ada.press(made, "Press")


async def test_people_and_channels_are_named(discord):
    ada, guild = discord.user("ada"), discord.guild()
    reply = await ada.command("greet", who=discord.user("bob"), guild=guild)
    assert reply.content == "hello bob"
    await ada.choose(reply, "Where", discord.channel(guild, "cats"))
    assert reply.content == "in cats"


async def test_a_message_that_deletes_itself(discord):
    ada = discord.user("ada")
    reply = await ada.command("vanish")
    assert await ada.press(reply, "Delete") is reply
    assert reply.deleted
    with pytest.raises(NotOffered, match="is gone"):
        await ada.press(reply, "Delete")


async def test_the_context_menu_of_a_message_gives_all_of_it(discord):
    guild, ada, bob = discord.guild(), discord.user("ada"), discord.user("bob")
    inner = await bob.say("look", guild=guild, attachments=[pictures.png(), pictures.jpeg()])
    sticker = {"id": "1", "name": "wave", "format_type": 1}
    outer = discord.message(bob, guild, attachments=[pictures.gif()], snapshots=[inner])
    assert (await ada.message_command("Count pictures", outer)).content == "1 2 0"
    stuck = discord.message(bob, guild, stickers=[sticker])
    reply = await ada.message_command("Count pictures", stuck)
    assert reply.content == "0 0 1"
    with pytest.raises(NotOffered, match="somebody else"):
        await bob.message_command("Count pictures", reply)


async def test_user_installs_work_where_the_bot_was_never_added(discord):
    ada, bob = discord.user("ada"), discord.user("bob")
    stranger = discord.guild("Dogs", has_bot=False)
    reply = await ada.command("many", count=5, guild=stranger)
    await reply.until(lambda one: len(one.followups) == 4)
    assert [reply.content, reply.followups[-1].content] == ["number 0", "number 4"]
    group = discord.group_dm(ada, bob)
    assert (await bob.command("echo", text="hi", channel=group)).content == "hi"
    assert not discord.complaints
    await ada.command("many", count=6, guild=stranger)
    assert await discord.changed.until(lambda: discord.complaints, 30)
    assert [one.code for one in discord.forgive()] == [40094]


async def test_a_bot_that_never_answers_is_told_apart(discord):
    discord.first_response = 0.3
    with pytest.raises(NotAnswered, match="within"):
        await discord.user("ada").command("mute")


async def test_the_same_interaction_twice_is_one_message(discord):
    ada = discord.user("ada")
    reply = await ada.command("upload", file=pictures.png(), repeat=2)
    assert reply.content == "here it is"
    assert len(ada.dm.messages) == 1


async def test_many_people_at_once(discord):
    guild = discord.guild()
    people = [discord.user(f"number {number}") for number in range(100)]
    replies = await asyncio.gather(
        *(one.command("echo", text=one.account.name, guild=guild) for one in people)
    )
    assert [one.content for one in replies] == [one.account.name for one in people]
    assert max(one.interaction.answered_after for one in replies) < 3


async def test_buttons_outlive_the_bot_that_made_them(platform, monkeypatch):
    ada, guild = platform.user("ada"), platform.guild()
    async with running_bot(platform, patch=monkeypatch):
        reply = await ada.command("upload", file=b"\x89PNG picture", guild=guild)
    goodbye = platform.gateway.changed.until(lambda: not platform.gateway.sessions, 30)
    assert await goodbye, "the bot ended its session"
    async with running_bot(platform, patch=monkeypatch):
        await ada.press(reply, "Undo")
    assert reply.content == "undone 12"
