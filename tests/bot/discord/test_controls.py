"""Buttons, menus and forms: delivered twice, used by others, of older versions, after a restart."""

from __future__ import annotations

import pictures
import pytest
from chats import links
from discord_platform.stand_in import discord_platform
from local import serving_locally

from bot.discord.running import chatting

pytestmark = pytest.mark.asyncio(loop_scope="module")
PHOTO = pictures.jpeg(64, 48)


async def images(person, guild=None):
    return await person.autocomplete("info", "image", "", guild=guild)


async def test_what_is_delivered_twice_is_done_once(shared):
    _, discord = shared
    ada, guild = discord.user("ada"), discord.guild("Cats")
    modal = await ada.command("upload", guild=guild)
    reply = await ada.submit(modal, {"Pictures": [PHOTO]}, repeat=2)
    assert len(links(reply.text)) == len(await images(ada)) == 1
    message = await ada.say(guild=guild, attachments=[PHOTO, PHOTO])
    for _ in range(2):
        again = await ada.message_command("Get link", message, repeat=2)
        assert len(links(again.text)) == 2
    assert len(await images(ada)) == 3, "run again it is the same message"
    before = len(ada.sees(guild))
    await ada.press(reply, "Details", repeat=2)
    assert len(ada.sees(guild)) == before + 1
    asked = await ada.command("delete", image=links(reply.text)[0], guild=guild)
    await ada.press(asked, "Delete for good", repeat=2)
    assert len(await images(ada)) == 2
    assert not discord.complaints


async def test_two_presses_of_delete_are_both_answered(shared):
    _, discord = shared
    ada = discord.user("ada")
    reply = await ada.command("upload", file=PHOTO)
    first, second = [await ada.command("delete", image=links(reply.text)[0]) for _ in range(2)]
    assert "is deleted" in (await ada.press(first, "Delete for good")).text
    assert "is deleted" in (await ada.press(second, "Delete for good")).text


@pytest.mark.parametrize(
    "custom_id", ["b|frobnicate|x", "b|details", "old:details:1", "details", "b||", "x" * 100]
)
async def test_a_button_of_an_older_version_is_told_of(shared, custom_id):
    _, discord = shared
    ada = discord.user("ada")
    reply = await ada.command("upload", file=PHOTO)
    button = next(one for one in reply.components if one.get("label") == "Details")
    button["custom_id"] = custom_id
    told = await ada.press(reply, custom_id)
    assert told.ephemeral
    assert "older version" in told.text
    assert "Run the command again" in told.text
    assert links(reply.text), "the message stays as it is"


async def test_a_form_of_an_older_version_is_told_of(shared):
    _, discord = shared
    ada = discord.user("ada")
    modal = await ada.command("upload")
    modal.data["custom_id"] = "upload-form-of-old"
    told = await ada.submit(modal, {"Pictures": [PHOTO]})
    assert "older version" in told.text


async def test_strangers_look_and_touch_nothing(shared):
    _, discord = shared
    ada, eve, guild = discord.user("ada"), discord.user("eve"), discord.guild("Cats")
    reply = await ada.command("upload", file=PHOTO, guild=guild)
    told = await eve.press(reply, "Delete")
    assert told.ephemeral
    assert "somebody else's" in told.text
    assert "64 × 48" in (await eve.press(reply, "Details")).text
    editor = await eve.press(reply, "Transform")
    assert editor.ephemeral
    assert links(reply.text)
    assert len(await images(ada, guild)) == 1


async def test_moderators_delete_what_was_uploaded_there(shared):
    _, discord = shared
    ada, mod, guild = discord.user("ada"), discord.user("mod"), discord.guild("Cats")
    guild.allow(mod.account, "manage_messages")
    reply = await ada.command("upload", file=PHOTO, guild=guild)
    await mod.press(reply, "Delete")
    label = next(name for name in reply.buttons if name.startswith("Delete"))
    await mod.press(reply, label)
    assert await images(ada, guild) == []


async def test_buttons_menus_and_forms_work_after_a_restart_of_the_bot(backing, tmp_path):
    async with discord_platform() as discord:
        told = {"discord_token": discord.token, "discord_api_url": discord.api_url}
        async with serving_locally(tmp_path, **told) as server:
            ada, guild = discord.user("ada"), discord.guild("Cats")
            async with chatting(server.core):
                reply = await ada.command("upload", file=PHOTO, guild=guild)
                editor = await ada.press(reply, "Transform")
                form = await ada.command("upload", guild=guild)
                numbers = await ada.press(editor, "Exact numbers")
            async with chatting(server.core):
                assert "64 × 48" in (await ada.press(reply, "Details")).text
                await ada.choose(editor, "Format", "WEBP")
                assert "format=webp" in editor.text
                await ada.submit(numbers, {"Blur": "5"})
                assert "blur=5" in editor.text
                assert len(links((await ada.submit(form, {"Pictures": [PHOTO]})).text)) == 1
