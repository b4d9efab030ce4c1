"""What an answer shows where the internet reaches this server: previews by address, links to open."""

from __future__ import annotations

import pictures
import pytest
from chats import assert_veiled, links, media_id, new_profile, page, picture
from discord_platform.markdown import read

from core.embeds import Look

pytestmark = pytest.mark.asyncio(loop_scope="module")
PHOTO = pictures.jpeg(320, 240)


async def test_where_the_internet_reaches_us_the_picture_is_shown_from_its_address(reachable):
    server, discord = reachable
    ada, guild = discord.user("ada"), discord.guild("Cats")
    await new_profile(server, ada, "Gold", Look(color="#ffcc00", author_name="By Ada"))
    reply = await ada.command(
        "upload", file=PHOTO, caption="A cat", ttl="1d", embed="Gold", guild=guild
    )
    [link] = links(reply.text)
    assert link.startswith("https://pix.example/")
    assert reply.content == f"<{link}>", "in brackets, so that it is not previewed twice"
    [embed] = reply.embeds
    assert (embed["title"], embed["color"], embed["url"]) == ("A cat", 0xFFCC00, link)
    assert embed["author"]["name"] == "By Ada"
    said, (kind, moment) = read(embed["description"])[:2]
    assert said[1].startswith("320 × 240 · ")
    assert " · JPEG" in said[1]
    _, _, media = await server.call("GET", f"/v1/media/{media_id(link)}")
    assert (kind, moment) == ("time", str(int(media["expires_at"])))
    assert f"<t:{moment}:R>" in embed["description"]
    assert pictures.opened(await picture(server, embed["image"]["url"])).size == (320, 240)
    assert reply.data["attachments"] == reply.hidden == []
    assert list(reply.buttons) == ["Open", "Transform", "Details", "Make private", "Delete"]
    assert reply.buttons["Open"]["url"] == link


async def test_a_spoilers_picture_is_veiled(reachable):
    server, discord = reachable
    ada, guild = discord.user("ada"), discord.guild("Cats")
    await new_profile(server, ada, "Veiled", Look(spoiler=True))
    reply = await ada.command("upload", file=PHOTO, embed="Veiled", guild=guild)
    assert_veiled(reply)


async def test_what_is_private_is_answered_to_who_asked_alone(reachable):
    server, discord = reachable
    ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild("Cats")
    reply = await ada.command("upload", file=PHOTO, private=True, guild=guild)
    assert reply.ephemeral
    [link] = links(reply.text)
    assert await page(server, link), "its link opens it"
    assert await picture(server, reply.embeds[0]["image"]["url"])
    assert reply.buttons["Open"]["url"] == link
    assert bob.sees(guild) == []
