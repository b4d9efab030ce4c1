"""/info, /edit, /delete and /images on Discord."""

from __future__ import annotations

import pictures
import pytest
from chats import album_link, links, media_id, page, picture, status_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def hosted(person, seed=1, **options):
    """The answer to an upload."""
    return await person.command("upload", file=pictures.png(40, 30, seed), **options)


def coded(text: str, name: str) -> str:
    """The text to copy of that name."""
    return text.split(f"{name}: `", 1)[1].split("`", 1)[0]


async def test_info_tells_all_there_is_to_know(shared):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    reply = await hosted(ada, caption="A [cat]", album="Cats", ttl="2d", guild=guild)
    (link,) = links(reply.text)
    told = await ada.command("info", guild=guild)
    assert told.ephemeral
    assert coded(told.text, "Link") == link
    assert await picture(server, coded(told.text, "Direct")) == pictures.png(40, 30)
    src = coded(told.text, "Direct")
    assert coded(told.text, "Markdown") == f"[![A \\[cat\\]]({src})]({link})"
    assert coded(told.text, "HTML").startswith(f'<a href="{link}"><img src="{src}"')
    assert coded(told.text, "BBCode") == f"[url={link}][img]{src}[/img][/url]"
    for part in (media_id(link), "40 × 30", "PNG", "Cats", "Public", "Views: 0", ":D>", ":R>"):
        assert part in told.text, part


async def test_others_are_not_told_what_is_the_owners(shared):
    _, discord = shared
    ada, bob = discord.user("ada"), discord.user("bob")
    (link,) = links((await hosted(ada, caption="Cat", album="Secret plans")).text)
    told = await bob.command("info", image=link)
    assert "Cat" in told.text
    assert "Secret" not in told.text
    assert "Views" not in told.text


async def test_an_image_is_named_by_link_id_or_nothing(shared):
    _, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    nothing = await ada.command("info", guild=guild)
    assert "You have hosted no image in this chat yet." in nothing.text
    (first,) = links((await hosted(ada, guild=guild)).text)
    (last,) = links((await hosted(ada, 2, guild=guild)).text)
    for given, expected in ((None, last), (first, first), (media_id(first), first)):
        told = await ada.command("info", guild=guild, image=given)
        assert coded(told.text, "Link") == expected
    turned = await ada.command("info", image=f"{first}?rotate=90")
    assert "30 × 40" in turned.text
    assert coded(turned.text, "Link") == f"{first}?rotate=90"


@pytest.mark.parametrize("given", ["cat", "https://example.org/AbCdEfGhJk", "AbCdEfGhJ", "🐈"])
async def test_what_is_no_image_of_ours_gets_a_sentence(shared, given):
    _, discord = shared
    told = await discord.user("ada").command("info", image=given)
    assert "I can't tell which image that is. Give its link" in told.text


async def test_edit_changes_what_is_given(shared):
    server, discord = shared
    ada = discord.user("ada")
    (link,) = links((await hosted(ada, caption="Old", ttl="1d")).text)
    told = await ada.command("edit", image=link, caption="New", ttl="never", album="Fresh")
    assert "New" in told.text
    assert ":R>" not in told.text
    shown = await page(server, link)
    assert "New" in shown
    assert "Old" not in shown
    told = await ada.command("edit", caption="none", private=True, album="none")
    assert "New" not in told.text
    assert await status_of(server, link) == 404
    (signed,) = links(told.text)
    assert await picture(server, signed) == pictures.png(40, 30)
    told = await ada.command("edit", private=False)
    assert links(told.text) == [link]
    assert await status_of(server, link) == 200


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "Say what to change"),
        ({"ttl": "soon"}, "ttl must be a span"),
        ({"ttl": "1000d"}, "to 90 days, or never"),
        ({"embed": "no such"}, "You have no embed profile no such"),
        ({"album": "x" * 201}, "at most 200 characters"),
    ],
)
async def test_edit_says_what_is_wrong(shared, options, told):
    _, discord = shared
    ada = discord.user("ada")
    await hosted(ada)
    assert told in (await ada.command("edit", **options)).text


async def test_the_delete_button_asks_in_place_of_the_buttons(shared):
    server, discord = shared
    ada, guild = discord.user("ada"), discord.guild()
    reply = await hosted(ada, caption="Cat", guild=guild)
    (link,) = links(reply.text)
    before = list(reply.buttons)
    assert await ada.press(reply, "Delete") is reply
    assert list(reply.buttons) == ["Delete for good", "Keep it"]
    assert links(reply.text) == [link]
    assert "Cat" in reply.text
    assert reply.images or reply.files
    await ada.press(reply, "Keep it")
    assert list(reply.buttons) == before
    assert await status_of(server, link) == 200
    await ada.press(reply, "Delete")
    await ada.press(reply, "Delete for good", repeat=2)
    assert "is deleted" in reply.text
    assert not reply.embeds
    assert not reply.files
    assert not reply.buttons
    assert await status_of(server, link) == 410
    told = await ada.command("info", image=link)
    assert "deleted or has expired" in told.text
    assert "can't be brought back" in told.text


async def test_delete_shows_the_image_and_asks_once(shared):
    server, discord = shared
    ada = discord.user("ada")
    (link,) = links((await hosted(ada)).text)
    asked = await ada.command("delete", image=link)
    assert asked.ephemeral
    assert media_id(link) in asked.text
    await ada.press(asked, "Keep it")
    assert "stays" in asked.text
    assert not asked.buttons
    asked = await ada.command("delete")
    await ada.press(asked, "Delete for good")
    assert await status_of(server, link) == 410


async def test_others_may_not_touch_it_but_moderators_of_the_chat(shared):
    server, discord = shared
    ada, bob, eve = discord.user("ada"), discord.user("bob"), discord.user("eve")
    guild, elsewhere = discord.guild(), discord.guild()
    guild.allow(eve, "manage_messages")
    elsewhere.allow(bob, "manage_messages")
    reply = await hosted(ada, guild=guild)
    (link,) = links(reply.text)
    before = list(reply.buttons)
    refused = await bob.press(reply, "Delete")
    assert refused.ephemeral
    assert "somebody else's" in refused.text
    assert list(reply.buttons) == before
    for place in (guild, elsewhere):
        for command in ("delete", "edit"):
            options = {"caption": "Mine"} if command == "edit" else {}
            told = await bob.command(command, image=link, guild=place, **options)
            assert "somebody else's" in told.text
    assert "Bob" not in await page(server, link)
    told = await eve.command("edit", image=link, caption="Tidied", guild=guild)
    assert "Tidied" in await page(server, link)
    await eve.press(reply, "Delete")
    await eve.press(reply, "Delete for good")
    assert await status_of(server, link) == 410


async def test_somebody_elses_private_image_is_as_none(shared):
    _, discord = shared
    ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild()
    (link,) = links((await hosted(ada, private=True, guild=guild)).text)
    for command in ("info", "delete"):
        told = await bob.command(command, image=media_id(link), guild=guild)
        assert "nothing here, or it is not yours to see" in told.text


async def test_images_come_in_pages_newest_first(shared):
    _, discord = shared
    ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild()
    assert "You have no images yet" in (await ada.command("images")).text
    made = [links((await hosted(ada, seed, guild=guild)).text)[0] for seed in range(1, 9)]
    listed = await ada.command("images", guild=guild)
    assert listed.ephemeral
    assert links(listed.text) == made[:1:-1]
    assert listed.text.count("40 × 30") == 6
    assert listed.buttons["Newer"]["disabled"]
    await ada.press(listed, "Older", repeat=2)
    assert links(listed.text) == made[1::-1]
    assert listed.buttons["Older"]["disabled"]
    await ada.press(listed, "Newer")
    assert links(listed.text) == made[:1:-1]
    option = listed.menus[0]["options"][0]
    details = await ada.choose(listed, "Details of …", option["value"])
    assert coded(details.text, "Link") == made[-1]
    assert details is not listed
    assert "You have no images yet" in (await bob.command("images", guild=guild)).text


async def test_images_are_searched_by_words_and_albums(shared):
    _, discord = shared
    ada = discord.user("ada")
    (cat,) = links((await hosted(ada, 1, caption="Schöne Katze", album="Pets")).text)
    (dog,) = links((await hosted(ada, 2, caption="Hund", album="Pets", ttl="1d")).text)
    (sea,) = links((await hosted(ada, 3, caption="Sea", private=True)).text)
    assert links((await ada.command("images", search="KATZE")).text) == [cat]
    listed = await ada.command("images", album="pets")
    assert links(listed.text) == [dog, cat]
    assert ":R>" in listed.text
    listed = await ada.command("images", search="sea")
    assert media_id(links(listed.text)[0]) == media_id(sea)
    assert "private" in listed.text
    assert "Nothing was found" in (await ada.command("images", search="bird")).text
    assert "You have no album Cars" in (await ada.command("images", album="Cars")).text


async def test_images_are_completed_from_ones_own(shared):
    _, discord = shared
    ada, bob = discord.user("ada"), discord.user("bob")
    (cat,) = links((await hosted(ada, 1, caption="Katze")).text)
    await hosted(ada, 2, caption="Hund")
    (choice,) = await ada.autocomplete("info", "image", "katz")
    assert choice == {"name": f"Katze ({media_id(cat)})", "value": media_id(cat)}
    assert len(await ada.autocomplete("edit", "image", "")) == 2
    assert await bob.autocomplete("info", "image", "") == []


async def test_an_album_is_made_by_edit_too_but_not_left_of_a_failure(shared):
    server, discord = shared
    ada = discord.user("ada")
    (link,) = links((await hosted(ada)).text)
    await ada.command("edit", album="Failed", embed="no such")
    assert await ada.autocomplete("edit", "album", "") == []
    await ada.command("edit", album="Made")
    told = await ada.command("info")
    assert media_id(link) in await page(server, album_link(told.text))
