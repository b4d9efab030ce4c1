"""/album on Discord: images together at one link."""

from __future__ import annotations

import pictures
import pytest
from chats import album_link, links, media_id, page, status_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def hosted(person, guild=None, **options):
    reply = await person.command("upload", file=pictures.png(), guild=guild, **options)
    return media_id(links(reply.text)[0])


async def test_an_album_is_made_filled_and_emptied(shared):
    server, discord = shared
    ada = discord.user("ada")
    first, last = await hosted(ada), await hosted(ada)
    made = await ada.command("album create", title="Trip *1*", description="By the sea")
    assert made.ephemeral
    assert "By the sea" in made.text
    link = album_link(made.text)
    await ada.command("album add", album="trip *1*", image=first)
    added = await ada.command("album add", album="trip *1*")  # the last one here
    assert f"`{last}`" in added.text
    assert "2 images" in added.text
    shown = await page(server, link)
    assert "Trip *1*" in shown
    assert first in shown
    assert last in shown
    removed = await ada.command("album remove", image=f"{server.url}/{first}")
    assert "1 image" in removed.text
    assert first not in await page(server, link)
    assert await status_of(server, f"{server.url}/{first}") == 200
    again = await ada.command("album remove", image=first)
    assert "not in that album" in again.text


async def test_private_ones_and_such_with_a_password_are_shut_to_others(shared):
    server, discord = shared
    ada = discord.user("ada")
    private = await ada.command("album create", title="Mine", private=True)
    assert "private" in private.text
    assert await status_of(server, album_link(private.text)) == 404
    locked = await ada.command("album create", title="Ours", password="open sesame")
    assert "with a password" in locked.text
    assert "sesame" not in locked.text
    image = await hosted(ada, album="Ours")
    assert image not in await page(server, album_link(locked.text))


async def test_a_form_asks_where_the_title_is_missing(shared):
    server, discord = shared
    ada = discord.user("ada")
    form = await ada.command("album create", description="Ducks", private=True)
    assert form.fields["Description"]["value"] == "Ducks"
    made = await ada.submit(form, {"Title": "Pond", "Password": "quack"})
    assert "Pond" in made.text
    assert "private · with a password" in made.text
    assert await status_of(server, album_link(made.text)) == 404


async def test_deleting_asks_once_and_keeps_the_images(shared):
    server, discord = shared
    ada = discord.user("ada")
    made = await ada.command("album create", title="Old")
    link = album_link(made.text)
    image = await hosted(ada, album="Old")
    asked = await ada.press(made, "Delete")
    await ada.press(asked, "Keep it")
    assert "Old" in asked.text
    assert await status_of(server, link) == 200
    asked = await ada.command("album delete", album="Old")
    assert "1" in asked.text
    await ada.press(asked, "Delete for good")
    assert "is deleted" in asked.text
    assert await status_of(server, link) == 404
    assert await status_of(server, f"{server.url}/{image}") == 200
    unknown = await ada.command("album delete", album="Old")
    assert "no album Old" in unknown.text


async def test_the_list_has_pages_that_are_their_askers_alone(shared):
    _, discord = shared
    ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild()
    assert "no albums yet" in (await ada.command("album list")).text
    for number in range(12):
        await ada.command("album create", title=f"Number {number}")
    listed = await ada.command("album list", guild=guild)
    assert "Number 11" in listed.text
    assert "Number 0" not in listed.text
    await ada.press(listed, "Older", repeat=2)
    assert "Number 0" in listed.text
    assert "Number 11" not in listed.text
    await ada.press(listed, "Newer")
    assert "Number 11" in listed.text
    menu = next(one for one in listed.components if one.get("placeholder") == "Show one")
    picked = await ada.choose(listed, "Show one", menu["options"][0]["value"])
    assert "Number 11" in picked.text
    assert "Number 10" not in picked.text
    assert "no albums yet" in (await bob.command("album list", guild=guild)).text


async def test_an_album_of_a_shared_team_is_its_moderators_to_delete(shared):
    _, discord = shared
    ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild()
    guild.allow(ada, "manage_guild", "manage_messages")
    own = await hosted(bob)
    await ada.command("settings team", guild=guild, shared=True)
    await bob.command("album create", guild=guild, title="Wall")
    theirs = await hosted(bob, guild=guild)
    added = await bob.command("album add", guild=guild, album="Wall", image=theirs)
    assert "1 image" in added.text
    apart = await bob.command("album add", guild=guild, album="Wall", image=own)
    assert "different teams" in apart.text
    refused = await bob.command("album delete", guild=guild, album="Wall")
    assert "moderators" in refused.text
    asked = await ada.command("album delete", guild=guild, album="Wall")
    await ada.press(asked, "Delete for good")
    assert "is deleted" in asked.text
    strange = await bob.command("album delete", album="Wall")
    assert "no album Wall" in strange.text


async def test_somebody_elses_image_is_not_put_into_an_album(shared):
    _, discord = shared
    ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild()
    image = await hosted(ada, guild)
    await bob.command("album create", title="Loot")
    refused = await bob.command("album add", guild=guild, album="Loot", image=image)
    assert "somebody else's" in refused.text
