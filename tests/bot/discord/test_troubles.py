"""Connections that drop, an API that refuses, queues that are full: nobody waits in silence."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pictures
import pytest
from chats import links
from discord_platform.cdn import File
from discord_platform.interactions import NotAnswered
from discord_platform.stand_in import discord_platform
from local import serving_locally
from structlog.testing import capture_logs

from bot.discord import client
from bot.discord.running import chatting
from core.setting_types import SettingsInvalid

PHOTO = pictures.jpeg(64, 48)
STALLED = File(pictures.grains(300), stalls_after=5_000)


def settings_of(discord, **changes):
    return {"discord_token": discord.token, "discord_api_url": discord.api_url} | changes


async def works(person, guild=None):
    reply = await person.command("upload", file=PHOTO, guild=guild)
    return len(links(reply.text)) == 1


async def test_connections_come_back_and_nothing_that_was_asked_is_lost(chat, monkeypatch):
    async with chat() as (_, discord):
        ada, guild, gateway = discord.user("ada"), discord.guild("Cats"), discord.gateway
        assert await works(ada, guild)
        gateway.ask_to_reconnect()
        (session,) = gateway.sessions.values()
        assert await gateway.changed.until(lambda: session.resumes == 1, 30)
        assert await works(ada, guild)

        async def connected(*_):
            """People ask, whether the bot is there or not."""

        gateway.closed_to_new, discord.first_response = True, 20
        gateway.drop()
        assert await gateway.changed.until(lambda: not gateway.live, 30)
        with monkeypatch.context() as patch:
            patch.setattr(discord, "connected", connected)
            begun = await ada.begin_command("upload", guild=guild, options={"file": PHOTO})
        gateway.closed_to_new = False
        assert links((await begun.answer()).text), "what was asked meanwhile is told at resuming"
        discord.first_response = 3
        gateway.invalidate()
        assert await gateway.changed.until(lambda: len(gateway.identifies) == 2, 30)
        assert await works(ada, guild)


async def test_each_shard_has_its_servers_and_conversations(backing, tmp_path):
    async with discord_platform() as discord:
        discord.gateway.shards = discord.gateway.max_concurrency = 3
        guilds = {}
        while len(guilds) < 3:
            guild = discord.guild("Cats")
            guilds[(int(guild.id) >> 22) % 3] = guild
            await asyncio.sleep(0.001)
        async with (
            serving_locally(tmp_path, **settings_of(discord)) as server,
            chatting(server.core),
        ):
            ada = discord.user("ada")
            for guild in guilds.values():
                assert await works(ada, guild)
            assert await works(ada)
        asked = sorted(one["shard"] for one in discord.gateway.identifies)
        assert asked == [(0, 3), (1, 3), (2, 3)]


async def test_processes_share_the_shards(backing, tmp_path):
    """Each has its own data here, as nothing but Discord tells them apart."""
    async with discord_platform() as discord, AsyncExitStack() as stack:
        discord.gateway.max_concurrency = 4
        for number, shards in enumerate(("0-1/4", "2/4", "3/4")):
            told = settings_of(discord, discord_shards=shards)
            where = serving_locally(tmp_path / str(number), **told)
            await stack.enter_async_context(chatting((await stack.enter_async_context(where)).core))
        guilds = {}
        while len(guilds) < 4:
            guild = discord.guild("Cats")
            guilds[(int(guild.id) >> 22) % 4] = guild
            await asyncio.sleep(0.001)
        ada = discord.user("ada")
        for guild in guilds.values():
            assert await works(ada, guild)
        assert await works(ada)
        asked = sorted(one["shard"] for one in discord.gateway.identifies)
        assert asked == [(0, 4), (1, 4), (2, 4), (3, 4)]


async def test_too_few_shards_are_told_of(backing, tmp_path):
    async with discord_platform() as discord:
        discord.gateway.least_shards = 2
        told = settings_of(discord, discord_shards="0/1")
        async with (
            serving_locally(tmp_path, **told) as server,
            chatting(server.core) as connection,
        ):
            with pytest.raises(SettingsInvalid, match="DISCORD_SHARDS names too few"):
                await asyncio.wait_for(asyncio.shield(connection), 30)
        discord.forgive()


async def test_what_the_api_refuses_for_a_while_is_said_again(chat):
    async with chat() as (_, discord):
        ada = discord.user("ada")
        troubles = discord.troubles
        limited = troubles.rate_limit("PATCH", "@original", times=2, retry_after=0.2)
        assert await works(ada)
        assert limited.happened == 2
        for status in (500, 502):
            failed = troubles.fail("PATCH", "@original", status=status)
            assert await works(ada)
            assert failed.happened == 1
        banned = troubles.rate_limit("PATCH", "@original", by_cloudflare=True)
        with capture_logs() as logs:
            begun = await ada.begin_command("upload", options={"file": PHOTO})
            with pytest.raises(NotAnswered, match="acknowledged"):
                await begun.answer(2)
        assert banned.happened == 1, "it does not hammer"
        (told,) = [one for one in logs if one["event"] == "not answered"]
        assert (told["status"], told["log_level"]) == (429, "warning")
        troubles.drop("POST", "callback", times=9)
        begun = await ada.begin_command("usage")
        with pytest.raises(NotAnswered):
            await begun.answer()
        troubles.planned.clear()
        assert await works(ada)


async def test_a_token_that_ran_out_ends_in_the_log_alone(chat):
    async with chat() as (_, discord):
        ada = discord.user("ada")
        begun = await ada.begin_command("upload", options={"file": STALLED})
        assert await begun.changed.until(lambda: begun.callback is not None, 20)
        begun.grow_older(minutes=15)
        with capture_logs() as logs:
            discord.cdn.end()
            while not (told := [one for one in logs if one["event"] == "not answered"]):
                await asyncio.sleep(0.02)
        assert told[0]["status"] == 401
        assert begun.token not in str(logs)
        discord.forgive()
        assert await works(ada)


async def test_a_full_queue_is_told_of_at_once(chat):
    async with chat(bot_slots=1, bot_queue=1) as (_, discord):
        ada = discord.user("ada")
        waiting = [await ada.begin_command("upload", options={"file": STALLED}) for _ in range(2)]
        for one in waiting:
            assert await one.changed.until(lambda one=one: one.callback is not None, 20)
            assert one.answered_after < 1
        begun = await ada.begin_command("upload", options={"file": PHOTO})
        reply = await begun.answer()
        assert begun.answered_after < 1
        assert reply.ephemeral
        assert "Very many pictures are waiting" in reply.text
        assert "Try again in a minute" in reply.text
        assert await ada.autocomplete("info", "image", "") == [], "which needs no place"
        discord.cdn.end()
        for one in waiting:
            assert "Send the picture again" in (await one.answer()).text
        assert await works(ada)


async def test_what_is_not_done_when_the_bot_stops_is_told_of(backing, tmp_path, monkeypatch):
    monkeypatch.setattr(client, "FINISH_SECONDS", 0.3)
    async with discord_platform() as discord:
        told = settings_of(discord, bot_slots=1)
        async with serving_locally(tmp_path, **told) as server:
            async with chatting(server.core):
                ada = discord.user("ada")
                begun = [await ada.begin_command("upload", options={"file": STALLED}) for _ in "ab"]
                for one in begun:
                    assert await one.changed.until(lambda one=one: one.callback is not None, 20)
            for one in begun:
                reply = await one.answer()
                assert (
                    "is being restarted, or has very much to do. Try again in a minute."
                    in reply.text
                )
