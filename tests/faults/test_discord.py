"""kill -9 of the program in the middle of a rush on Discord."""

from __future__ import annotations

import asyncio
import re

import pictures
import recount
import servers
from aftermath import sweep_later
from discord_platform.stand_in import discord_platform

RUSH = 12
KILLS = 3
SHORT = {"RESERVATION_LIFE": 3, "ORPHAN_GRACE": 3, "WORKERS": 2}


async def test_what_was_answered_is_whole_and_the_rest_leaves_nothing_behind(tmp_path):
    data, port = tmp_path / "data", servers.free_port()
    async with discord_platform() as discord:
        told = SHORT | {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.api_url}
        ada, guild = discord.user("ada"), discord.guild("Cats")
        answers = []
        for kill in range(KILLS):
            server = await asyncio.to_thread(servers.start, data, port=port, **told)
            rush = [
                await ada.begin_command(
                    "upload",
                    guild=guild,
                    options={"file": pictures.grains(200, seed=kill * RUSH + number)},
                )
                for number in range(RUSH)
            ]
            answers.append(await rush[kill].answer())
            await asyncio.to_thread(server.kill)
            answers += [one.original for one in rush if one.original and one.original.content]
        discord.forgive()
        server = await asyncio.to_thread(servers.start, data, port=port, **told)
        try:
            links = {link for one in answers for link in re.findall(r"<(http[^>]+)>", one.text)}
            assert len(links) >= KILLS
            for link in links:
                path = link.removeprefix(server.url)
                got = await asyncio.to_thread(server.get, path, headers={"Accept": "image/*"})
                assert got.status_code == 200, link
            await asyncio.to_thread(sweep_later, server)
            recount.assert_exact(data)
            again = await ada.command("upload", file=pictures.jpeg(64, 48), guild=guild)
            assert server.url in again.text
        finally:
            assert await asyncio.to_thread(server.stop) == 0
        assert discord.token not in server.log()
