"""Get link on Discord: the pictures of a message, wherever they are in it."""

from __future__ import annotations

import pictures
import pytest
from chats import links, picture
from discord.asset import Asset
from discord_platform.cdn import File

pytestmark = pytest.mark.asyncio(loop_scope="module")


def kept(discord, data: bytes, name: str = "photo.png") -> str:
    """The address of the platform's own copy of a picture."""
    return discord.cdn.keep(discord.ids.new(), "1", File(data, name))["url"]


def embedded(discord, url: str, data: bytes, where: str = "image") -> dict:
    """An embed as the platform makes it of an address."""
    shown = {"url": url, "proxy_url": kept(discord, data), "width": 40, "height": 30}
    return {"type": "rich", "url": url, where: shown}


async def got(person, message) -> tuple:
    """The answer to Get link on a message, and its links."""
    reply = await person.message_command("Get link", message)
    return reply, links(reply.text)


async def test_attachments_embeds_and_components(shared):
    server, discord = shared
    ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild()
    data = [pictures.png(40, 30, seed) for seed in range(1, 6)]
    gallery = {"type": 12, "items": [{"media": {"url": "https://a.example/g.png"}}]}
    gallery["items"][0]["media"]["proxy_url"] = kept(discord, data[3])
    section = {
        "type": 9,
        "components": [{"type": 10, "content": "Text"}],
        "accessory": {"type": 11, "media": {"url": "https://a.example/t.png"}},
    }
    section["accessory"]["media"]["proxy_url"] = kept(discord, data[4])
    message = discord.message(
        bob,
        guild,
        "Look",
        attachments=[data[0]],
        embeds=[
            embedded(discord, "https://a.example/1.png", data[1]),
            embedded(discord, "https://a.example/2", data[2], "thumbnail"),
        ],
        components=[gallery, section],
    )
    reply, found = await got(ada, message)
    assert not reply.ephemeral
    assert [await picture(server, link) for link in found] == data
    _, again = await got(ada, message)
    assert again == found
    _, others = await got(bob, message)
    assert not set(others) & set(found)


async def test_forwarded_messages(shared):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    data = pictures.png()
    first = discord.message(ada, guild, attachments=[data])
    forwarded = discord.message(ada, guild, snapshots=[first])
    _, found = await got(ada, forwarded)
    assert [await picture(server, link) for link in found] == [data]


async def test_a_picture_named_and_shown_is_taken_once(shared):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    url, data = "https://a.example/cat.png", pictures.png()
    message = discord.message(
        ada, guild, f"see {url}!", embeds=[embedded(discord, url, data, "thumbnail")]
    )
    _, found = await got(ada, message)
    assert [await picture(server, link) for link in found] == [data]


async def test_addresses_in_the_text_are_imported_by_its_rules(shared):
    _, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    message = discord.message(ada, guild, f"{discord.url}/cat.png and https://a.example/page")
    reply, found = await got(ada, message)
    assert found == []
    assert "can't be imported from" in reply.text
    assert "upload the file" in reply.text


async def test_stickers(shared, monkeypatch):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    data = pictures.png()
    url = kept(discord, data)
    monkeypatch.setattr(Asset, "BASE", f"{url}&")  # behind which the sticker's name follows
    sticker = {"id": "1234", "name": "wave", "format_type": 1}
    _, found = await got(ada, discord.message(ada, guild, stickers=[sticker]))
    assert [await picture(server, link) for link in found] == [data]
    drawn = {"id": "1235", "name": "drawn", "format_type": 3}
    reply, found = await got(ada, discord.message(ada, guild, stickers=[drawn]))
    assert "There is no picture in it" in reply.text


async def test_pictures_that_are_ours_are_answered_with_their_links(shared):
    server, discord = shared
    ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild()
    answer = await ada.command("upload", file=pictures.png(), guild=guild)
    (link,) = links(answer.text)
    _, found = await got(bob, answer)
    assert found == [link]
    unfurled = embedded(discord, f"{link}.png?v=1", pictures.png())
    message = discord.message(bob, guild, f"{link}?rotate=90", embeds=[unfurled])
    _, found = await got(bob, message)
    assert found == [f"{link}?rotate=90"]
    usage = await bob.command("usage")
    assert "0 of 100" in usage.text
    mixed = discord.message(bob, guild, link, attachments=[pictures.png(seed=2)])
    _, found = await got(bob, mixed)
    assert found[0] == link
    assert await picture(server, found[1]) == pictures.png(seed=2)


async def test_ten_pictures_are_taken_and_the_others_told_of(shared):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    data = [pictures.png(20, 20, seed) for seed in range(12)]
    reply, found = await got(ada, discord.message(ada, guild, attachments=data))
    assert [await picture(server, link) for link in found] == data[:10]
    assert "Only the first 10 of 12 pictures were taken." in reply.text


async def test_a_message_without_pictures(shared):
    _, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    reply, _ = await got(ada, discord.message(ada, guild, "just words"))
    assert "There is no picture in it. Send one along" in reply.text
