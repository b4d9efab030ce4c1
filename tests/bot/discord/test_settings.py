"""/settings on Discord: what a server's administrators agree on, and what holds then."""

from __future__ import annotations

import pictures
import pytest
from chats import links, media_id, page, status_of

from core.chats import Identity, Platform
from core.embeds import Look

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture
def place(shared):
    """A server with an administrator, and a member."""
    _, discord = shared
    guild = discord.guild("Cat people")
    boss, ada = discord.user("boss"), discord.user("ada")
    guild.allow(boss, "manage_guild", "manage_messages")
    return guild, boss, ada


async def test_what_holds_is_told_to_administrators(shared, place):
    guild, boss, _ = place
    told = await boss.command("settings show", guild=guild)
    assert told.ephemeral
    for line in ("Shared team**: off", "Time to live**: for ever", "allowed**: everywhere"):
        assert line in told.text


async def test_nobody_else_changes_anything(shared, place):
    _, discord = shared
    _, _, ada = place
    told = await ada.command("settings show")
    assert "administrators of a server or group" in told.text
    command = await discord.command("settings", 1, None)
    assert int(command["default_member_permissions"]) == 1 << 5


async def test_a_shared_team_has_quota_and_gallery_of_its_own(shared, place):
    server, _ = shared
    guild, boss, ada = place
    await ada.command("upload", file=pictures.png(seed=9))
    told = await boss.command("settings team", guild=guild, shared=True)
    assert "Saved." in told.text
    assert "Cat people" in told.text
    (shown,) = links((await ada.command("upload", file=pictures.png(), guild=guild)).text)
    hidden = await ada.command("upload", file=pictures.png(seed=2), private=True, guild=guild)
    (mine,) = links(hidden.text)
    listed = (await boss.command("images", guild=guild)).text
    assert [media_id(one) for one in links(listed)] == [media_id(mine), media_id(shown)]
    bob = shared[1].user("bob")
    assert links((await bob.command("images", guild=guild)).text) == [shown]
    assert [each["value"] for each in await bob.autocomplete("info", "image", "", guild=guild)] == [
        media_id(shown)
    ]
    assert len(links((await ada.command("images")).text)) == 1
    usage = (await ada.command("usage", guild=guild)).text
    assert "2 of 100" in usage.partition("Your own")[0]
    assert "1 of 100" in usage.partition("Your own")[2]
    refused = await bob.command("delete", image=shown, guild=guild)
    assert "somebody else's" in refused.text
    told = await boss.command("settings team", guild=guild, shared=False)
    assert "Shared team**: off" in told.text
    await ada.command("upload", file=pictures.png(seed=3), guild=guild)
    assert len(links((await ada.command("images")).text)) == 2
    await boss.command("settings team", guild=guild, shared=True)
    usage = (await ada.command("usage", guild=guild)).text
    assert "2 of 100" in usage.partition("Your own")[0], "the quota is not to be had anew"
    asked = await ada.command("delete", image=shown, guild=guild)
    await ada.press(asked, "Delete for good")
    assert await status_of(server, shown) == 410


async def test_defaults_hold_for_uploads_that_do_not_say(shared, place):
    server, _ = shared
    guild, boss, ada = place
    told = await boss.command("settings defaults", guild=guild, ttl="7d", private=True)
    assert "7 days" in told.text
    assert "Visibility**: private" in told.text
    reply = await ada.command("upload", file=pictures.png(), guild=guild)
    assert ":R>" in reply.text
    assert "sig=" in links(reply.text)[0]
    reply = await ada.command(
        "upload", file=pictures.png(seed=2), guild=guild, ttl="never", private=False
    )
    assert ":R>" not in reply.text
    assert await status_of(server, links(reply.text)[0]) == 200
    told = await boss.command("settings defaults", guild=guild, ttl="never")
    assert "Time to live**: for ever" in told.text
    assert "Visibility**: private" in told.text
    assert "Say what to change" in (await boss.command("settings defaults", guild=guild)).text


async def test_uploads_are_allowed_in_the_channels_named(shared, place):
    _, discord = shared
    guild, boss, ada = place
    other = discord.channel(guild, "pictures")
    told = await boss.command("settings channels", guild=guild, allow=other)
    assert f"<#{other.id}>" in told.text
    refused = await ada.command("upload", file=pictures.png(), guild=guild)
    assert "Uploads are not allowed in this channel" in refused.text
    assert links((await ada.command("upload", file=pictures.png(), channel=other)).text)
    assert links((await ada.command("upload", file=pictures.png(), guild=discord.guild())).text)
    told = await boss.command("settings channels", guild=guild, forbid=other)
    assert "allowed**: everywhere" in told.text
    await boss.command("settings channels", guild=guild, allow=other)
    await boss.command("settings channels", guild=guild, everywhere=True)
    assert links((await ada.command("upload", file=pictures.png(), guild=guild)).text)


async def test_an_automatic_channel_needs_eyes(shared, place):
    guild, boss, _ = place
    told = await boss.command("settings automatic", guild=guild, options={"channel": guild.channel})
    assert "does not see what is written here" in told.text
    told = await boss.command("settings automatic", guild=guild)
    assert "without a command**: off" in told.text


async def test_an_automatic_channel_is_agreed_on(chat):
    async with chat(discord_message_content=True) as (_, discord):
        guild, boss = discord.guild(), discord.user("boss")
        guild.allow(boss, "manage_guild")
        told = await boss.command(
            "settings automatic", guild=guild, options={"channel": guild.channel}
        )
        assert f"without a command**: <#{guild.channel.id}>" in told.text
        message = await boss.say(guild=guild, attachments=[pictures.png()])
        answer = await discord.answer_to(message)
        assert len(links(answer.text)) == 1
        await boss.command("settings automatic", guild=guild)


async def test_the_chats_embed_profile_shows_what_is_posted_there(shared, place):
    server, _ = shared
    guild, boss, ada = place
    caller = await server.core.people.caller(Identity(Platform.DISCORD, boss.id, "Boss"))
    await server.core.embeds.add(caller, "Ours", Look(title="Cats: {caption}"), default=False)
    told = await boss.command("settings defaults", guild=guild, embed="ours")
    assert "Turn that on first" in told.text
    await boss.command("settings team", guild=guild, shared=True)
    told = await boss.command("settings defaults", guild=guild, embed="ours")
    assert "Embed profile**: Ours" in told.text
    reply = await ada.command("upload", file=pictures.png(), caption="x", guild=guild)
    assert reply.embeds[0]["title"] == "Cats: x"
    assert "Cats: x" in await page(server, links(reply.text)[0])
    told = await boss.command("settings defaults", guild=guild, embed="none")
    assert "Embed profile**: as everybody likes" in told.text
