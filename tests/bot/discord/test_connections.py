"""Connections to Discord's API that break while answers are under way."""

from __future__ import annotations

from dataclasses import replace

import pictures
import pytest
from chats import links, picture

from core.chats import ChatRef, ChatSettings, Platform

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "callback"), ("PATCH", "@original"), ("DELETE", "@original")]
)
async def test_an_answer_is_sent_again_until_it_is_there(shared, method, path):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    private = method == "DELETE"  # what was promised to all is taken back for it
    if private:
        agreed = replace(ChatSettings(), public=False)
        await server.core.chats.change(
            ChatRef(Platform.DISCORD, guild.id), lambda one: replace(one, settings=agreed)
        )
    trouble = discord.troubles.drop(method, path, times=2)
    reply = await ada.command("upload", file=pictures.png(), guild=guild)
    assert trouble.happened == 2
    assert reply.ephemeral == private
    (link,) = links(reply.text)
    assert await picture(server, link) == pictures.png()


async def test_a_form_is_opened_although_the_connection_breaks(shared):
    _, discord = shared
    trouble = discord.troubles.drop("POST", "callback")
    form = await discord.user("ada").command("upload")
    assert trouble.happened == 1
    assert "Pictures" in form.fields


@pytest.mark.parametrize(("method", "path"), [("POST", "callback"), ("PATCH", "@original")])
async def test_what_discord_did_although_nobody_heard_of_it_is_not_done_again(shared, method, path):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    trouble = discord.troubles.lose_answers(method, path)
    reply = await ada.command("upload", file=pictures.png(), guild=guild)
    assert trouble.happened == 1
    assert [one.id for one in ada.sees(guild)] == [reply.id]
    assert await picture(server, links(reply.text)[0]) == pictures.png()
    discord.forgive()  # of an acknowledgement that came twice
