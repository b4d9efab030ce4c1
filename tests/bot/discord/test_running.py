"""Starting and stopping the bot, with Discord there and away."""

from __future__ import annotations

import asyncio

import pictures
import pytest
import servers
from discord_platform.gateway import MESSAGE_CONTENT, PRIVILEGED
from discord_platform.stand_in import discord_platform

from bot.discord.running import chatting
from core.setting_types import SettingsInvalid


def settings_of(discord, **changes):
    return {"discord_token": discord.token, "discord_api_url": discord.api_url} | changes


def variables_of(discord):
    return {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.api_url}


async def test_a_wrong_token_stops_the_start_with_a_sentence_that_does_not_show_it(local):
    async with discord_platform() as discord:
        async with local(**settings_of(discord, discord_token="wr0ng.token")) as server:
            with pytest.raises(SettingsInvalid, match="PIXFERRY_DISCORD_TOKEN") as refused:
                async with chatting(server.core):
                    pass
        assert "wr0ng" not in str(refused.value)
        discord.forgive()


async def test_a_server_that_never_added_the_bot_stops_the_start(local):
    async with discord_platform() as discord:
        async with local(**settings_of(discord, discord_guild_id=999)) as server:
            with pytest.raises(SettingsInvalid, match="PIXFERRY_DISCORD_GUILD_ID is 999"):
                async with chatting(server.core):
                    pass
        discord.forgive()


async def test_with_discord_away_the_server_starts_and_the_bot_comes_when_it_can(local):
    async with discord_platform() as discord:
        discord.troubles.fail("GET", "/users/@me", status=503, times=1)
        async with local(**settings_of(discord)) as server, chatting(server.core):
            assert (await server.call("GET", "/healthz"))[0] == 200
            reply = await discord.user("ada").command("help")
            assert "/upload" in reply.text


async def test_the_program_answers_finishes_what_was_asked_and_buttons_work_after_it(tmp_path):
    async with discord_platform() as discord:
        ada, guild = discord.user("ada"), discord.guild("Cats")
        data_dir, variables = tmp_path / "data", variables_of(discord)
        server = await asyncio.to_thread(servers.start, data_dir, **variables)
        reply = await ada.command("upload", file=pictures.jpeg(64, 48), guild=guild)
        begun = await ada.begin_command(
            "upload", guild=guild, options={"file": pictures.jpeg(640, 480)}
        )
        assert await begun.changed.until(lambda: begun.callback is not None, 30)
        assert await asyncio.to_thread(server.stop) == 0
        assert server.url in (await begun.answer()).text
        again = await asyncio.to_thread(servers.start, data_dir, port=server.port, **variables)
        details = await ada.press(reply, "Details")
        assert "64 × 48" in details.text
        assert await asyncio.to_thread(again.stop) == 0


async def test_the_commands_are_told_to_discord_by_the_program_alone(tmp_path):
    async with discord_platform() as discord:
        env = servers.environment(tmp_path / "data", 0, **variables_of(discord))
        done = await asyncio.to_thread(servers.pixferry, "discord", "--sync", env=env)
        assert done.stdout.startswith("Discord knows ")
        away = env | {"PIXFERRY_DISCORD_API_URL": f"http://127.0.0.1:{servers.free_port()}/api/v10"}
        refused = await asyncio.to_thread(
            servers.pixferry, "discord", "--sync", env=away, check=False
        )
        assert refused.returncode == 1
        assert "\nError: Discord is out of reach at http://127.0.0.1:" in refused.stderr
        assert "Traceback" not in refused.stderr
        env["PIXFERRY_DISCORD_TOKEN"] = ""
        refused = await asyncio.to_thread(
            servers.pixferry, "discord", "--sync", env=env, check=False
        )
        assert refused.returncode == 1
        assert "PIXFERRY_DISCORD_TOKEN is not set" in refused.stderr


async def test_contents_that_discord_does_not_give_end_the_bot_with_a_sentence(local):
    async with discord_platform() as discord:
        told = settings_of(discord, discord_message_content=True)
        async with local(**told) as server, chatting(server.core) as connection:
            with pytest.raises(SettingsInvalid, match="Message Content Intent"):
                await asyncio.wait_for(asyncio.shield(connection), 30)
            assert (await server.call("GET", "/healthz"))[0] == 200
        discord.forgive()


async def test_no_privileged_intent_is_asked_for_unless_the_settings_say_so(chat):
    async with chat() as (_, discord):
        await discord.user("ada").command("help")
        assert [one["intents"] & PRIVILEGED for one in discord.gateway.identifies] == [0]
    async with chat(discord_message_content=True) as (_, discord):
        await discord.user("ada").command("help")
        asked = [one["intents"] & PRIVILEGED for one in discord.gateway.identifies]
        assert asked == [MESSAGE_CONTENT]


async def test_processes_of_the_api_alone_run_no_bot(tmp_path):
    """Where the bot has a process of its own, they have its token in the same environment."""
    async with discord_platform() as discord:
        server = await asyncio.to_thread(
            servers.start, tmp_path / "data", command="api", **variables_of(discord)
        )
        said = server.log_file.with_suffix(".out")
        async with asyncio.timeout(servers.START_LIMIT):
            while "Try it:" not in said.read_text():
                await asyncio.sleep(0.02)
        assert await asyncio.to_thread(server.stop) == 0
        assert not discord.gateway.identifies
        assert "Bots:" not in said.read_text()
