"""Where only a person has the bot: in conversations, and in servers that never added it."""

from __future__ import annotations

import pictures
import pytest
from chats import links

pytestmark = pytest.mark.asyncio(loop_scope="module")
PHOTOS = {f"file{number or ''}": pictures.png(seed=number + 1) for number in (0, 2, 3, 4, 5)}


def direct(discord, ada):
    return {"channel": ada.dm}


def group(discord, ada):
    return {"channel": discord.group_dm(ada, discord.user("bob")), "user_installed": True}


def foreign_server(discord, ada):
    return {"guild": discord.guild("Strangers", has_bot=False), "user_installed": True}


@pytest.mark.parametrize("place", [direct, group, foreign_server])
async def test_everything_works_and_several_pictures_are_one_message(shared, place):
    _, discord = shared
    ada = discord.user("ada")
    where = place(discord, ada)
    begun = await ada.begin_command("upload", options=PHOTOS, **where)
    reply = await begun.answer()
    assert len(links(reply.text)) == len(reply.embeds) == 5
    assert begun.follow_ups_sent == 0
    one = await ada.command("upload", file=pictures.png(seed=9), **where)
    assert "64 × 48" in (await ada.press(one, "Details")).text
    editor = await ada.press(one, "Transform")
    await ada.choose(editor, "Format", "WEBP")
    assert "format=webp" in editor.text
    modal = await ada.command("upload", **where)
    filled = await ada.submit(modal, {"Pictures": list(PHOTOS.values())})
    assert len(links(filled.text)) == 5
    assert "1" in (await ada.command("usage", **where)).text
    assert not discord.complaints


@pytest.mark.parametrize("place", [direct, group, foreign_server])
async def test_messages_there_have_their_menu(shared, place):
    _, discord = shared
    ada, bob = discord.user("ada"), discord.user("bob")
    where = place(discord, ada)
    channel = where.get("channel") or where["guild"].channel
    message = discord.message(bob, channel, "look", attachments=[PHOTOS["file"], PHOTOS["file2"]])
    installed = where.get("user_installed", False)
    reply = await ada.message_command("Get link", message, user_installed=installed)
    assert len(links(reply.text)) == 2
    editor = await ada.message_command("Transform image", message, user_installed=installed)
    assert editor.ephemeral


async def test_settings_are_a_servers_that_has_the_bot(shared):
    _, discord = shared
    ada = discord.user("ada")
    told = await ada.command("settings show", channel=ada.dm)
    assert "administrators" in told.text
