"""/import on Discord, and pictures that a message names by their addresses."""

from __future__ import annotations

import pictures
from chats import links, page, picture
from discord_platform.cdn import File


def served(discord, data: bytes, name: str = "cat.png") -> str:
    """An address that gives a picture, on another server than ours."""
    return discord.cdn.keep(discord.ids.new(), "1", File(data, name))["url"]


async def test_addresses_become_links(chat):
    async with chat(import_allow="127.0.0.0/8") as (server, discord):
        ada, guild = discord.user("ada"), discord.guild()
        url = served(discord, pictures.png())
        reply = await ada.command("import", url=url, caption="From afar", ttl="1d", guild=guild)
        assert not reply.ephemeral
        assert ":R>" in reply.text
        (link,) = links(reply.text)
        assert await picture(server, link) == pictures.png()
        assert "From afar" in await page(server, link)
        hidden = await ada.command("import", url=url, private=True, guild=guild)
        assert hidden.ephemeral
        assert "sig=" in links(hidden.text)[0]
        again = await ada.command("import", url=f"{link}?blur=2", caption="Mine")
        assert links(again.text) == [f"{link}?blur=2"]
        assert "hosted here already" in again.text
        text = served(discord, b"words", "words.txt")
        assert "no image that we can read" in (await ada.command("import", url=text)).text
        assert "status 404" in (await ada.command("import", url=f"{discord.url}/none.png")).text

        several = [served(discord, pictures.png(seed=seed)) for seed in (3, 4)]
        message = discord.message(ada, guild, f"Look: {several[0]}, and <{several[1]}>")
        reply = await ada.message_command("Get link", message)
        found = [await picture(server, each) for each in links(reply.text)]
        assert found == [pictures.png(seed=3), pictures.png(seed=4)]
