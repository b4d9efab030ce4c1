"""Whatever people type gets an answer, and none of it is a fault of ours."""

from __future__ import annotations

import naughty
import pictures
import pytest
from chats import links, page

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXTS = [text for text in naughty.OWN if text.strip() and len(text) <= 2_000]


async def test_references(shared):
    _, discord = shared
    ada = discord.user("ada")
    await ada.command("upload", file=pictures.png())
    for text in TEXTS[::2]:
        told = (await ada.command("info", image=text)).text
        assert "I can't tell which image that is" in told, text
        for name, option in (("images", "album"), ("key revoke", "key"), ("link", "code")):
            short = text[:100]
            told = (await ada.command(name, options={option: short})).text
            assert told, text
            assert "on our side" not in told, text


async def test_captions_and_searches(shared):
    server, discord = shared
    ada = discord.user("ada")
    reply = await ada.command("upload", file=pictures.png())
    (link,) = links(reply.text)
    for text in TEXTS:
        told = await ada.command("edit", image=link, caption=text)
        assert "Changed." in told.text, text
        listed = await ada.command("images", search=text[:200])
        assert "on our side" not in listed.text
    assert await page(server, link)


async def test_messages_and_file_names(shared):
    _, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    for text in TEXTS:
        message = discord.message(ada, guild, f"https://[{text} http://{text}.png {text}"[:2_000])
        told = (await ada.message_command("Get link", message)).text
        assert told, text
        assert "on our side" not in told, text


async def test_completion(shared):
    _, discord = shared
    ada = discord.user("ada")
    await ada.command("upload", file=pictures.png(), album="Some")
    for text in TEXTS[::3]:
        for option in ("image", "album", "embed"):
            assert await ada.autocomplete("edit", option, text[:100]) == []
