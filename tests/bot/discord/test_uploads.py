"""Pictures hosted from Discord."""

from __future__ import annotations

import pictures


async def test_a_picture_becomes_a_link(chat):
    async with chat() as (server, discord):
        ada, guild = discord.user("ada"), discord.guild("Cats")
        photo = pictures.jpeg(320, 240)
        reply = await ada.command("upload", file=photo, caption="A *cat*", guild=guild)
        link = reply.text.split("<", 1)[1].split(">", 1)[0]
        assert link.startswith(server.url)
        status, _, page = await server.call(
            "GET", link.removeprefix(server.url), headers={"Accept": "text/html"}
        )
        assert status == 200
        assert "A *cat*" in page.decode()
        details = await ada.press(reply, "Details")
        assert details.ephemeral
        assert "320 × 240" in details.text
