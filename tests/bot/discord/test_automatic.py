"""A channel whose every picture is hosted."""

from __future__ import annotations

from dataclasses import replace

import pictures

from core.chats import ChatRef, Platform


async def listening(server, guild, channel):
    """Have the server's administrators agree on a channel."""
    found = ChatRef(Platform.DISCORD, guild.id)
    chat = await server.core.chats.change(
        found, lambda one: replace(one, settings=replace(one.settings, automatic=channel.id))
    )
    assert chat.settings.automatic == channel.id


async def test_pictures_of_that_channel_are_hosted_and_answered(chat):
    async with chat(discord_message_content=True) as (server, discord):
        guild, ada = discord.guild("Cats"), discord.user("ada")
        gallery = discord.channel(guild, "gallery")
        await listening(server, guild, gallery)
        await ada.say("hello", channel=gallery)
        said = await ada.say(channel=gallery, attachments=[pictures.jpeg(), pictures.png()])
        assert await discord.changed.until(lambda: len(gallery.messages) == 3, 20)
        *_, answer = gallery.messages.values()
        assert answer.text.count(server.url) >= 2
        elsewhere = await ada.say(guild=guild, attachments=[pictures.gif()])
        reply = await ada.command("info", guild=guild)
        assert "JPEG" in reply.text or "PNG" in reply.text
        assert said.id != elsewhere.id
        assert len(guild.channel.messages) == 2  # the picture there, and the answer to the command
