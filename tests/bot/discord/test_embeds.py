"""/embed on Discord: how links preview."""

from __future__ import annotations

import pictures
import pytest
from chats import links, page

from core.embeds import PROFILES_MAX

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_profile_with_every_field_shows_in_the_link_once_it_is_used(shared):
    server, discord = shared
    ada = discord.user("ada")
    made = await ada.command(
        "embed create",
        options={
            "name": "Shop",
            "title": "{caption}!",
            "description": "{width} × {height}",
            "color": "#FF5733",
            "author_name": "Ada *L*",
            "author_url": "https://ada.example/about",
            "site_name": "Ada's",
            "layout": "component",
            "image": "small",
            "spoiler": True,
            "buttons": "Our shop https://ada.example/shop | Blog https://ada.example/blog",
        },
    )
    assert made.ephemeral
    for told in ("Shop", "{caption}!", "#ff5733", "components", "small", "Blog https://ada"):
        assert told in made.text
    used = await ada.press(made, "Use for my images")
    assert used is made
    assert "for all your images" in made.text
    hosted = await ada.command("upload", file=pictures.png(40, 30), caption="Pots")
    (link,) = links(hosted.text)
    shown = await page(server, link)
    assert "Pots!" in shown
    assert "#ff5733" in shown
    assert hosted.embeds[0]["title"] == "Pots!"
    assert hosted.embeds[0]["color"] == 0xFF5733
    back = await ada.command("embed use")
    assert "built-in" in back.text
    assert "Pots!" not in await page(server, link)


async def test_an_authors_address_that_discord_does_not_take_is_left_out(shared):
    _, discord = shared
    ada = discord.user("ada")
    for url, shown in (
        ("http://intranet/ada", None),
        ("https://ada.example/", "https://ada.example/"),
    ):
        texts = {"name": url, "author_name": "Ada", "author_url": url}
        await ada.press(await ada.command("embed create", options=texts), "Use for my images")
        hosted = await ada.command("upload", file=pictures.png(40, 30))
        author = hosted.embeds[0]["author"]
        assert (author["name"], author.get("url")) == ("Ada", shown)


async def test_what_a_profile_may_not_say_is_refused_with_the_reason(shared):
    _, discord = shared
    ada = discord.user("ada")
    refused = await ada.command(
        "embed create", options={"name": "Typo", "title": "{capton}", "color": "reddish"}
    )
    assert "{caption}, {filename}" in refused.text.replace("\\", "")
    assert "#ff5733" in refused.text
    for buttons, told in (
        ("https://example.com", "label"),
        (" | ".join(["A https://example.com"] * 6), "up to 5"),
        ("A javascript://x", "address"),
    ):
        reply = await ada.command("embed create", options={"name": "B", "buttons": buttons})
        assert told in reply.text
    assert "no embed profiles yet" in (await ada.command("embed list")).text


async def test_a_form_asks_where_the_name_is_missing(shared):
    _, discord = shared
    ada = discord.user("ada")
    form = await ada.command("embed create", title="{filename}")
    assert form.fields["Name"]["max_length"] == 100
    assert form.fields["Title"]["value"] == "{filename}"
    made = await ada.submit(form, {"Name": "Plain", "Description": "Two\nlines"})
    assert "Plain" in made.text
    assert "{filename}" in made.text
    texts = await ada.press(made, "Edit texts")
    assert texts.fields["Description"]["value"] == "Two\nlines"
    changed = await ada.submit(texts, {"Title": "", "Description": "One", "Colour": "#102030"})
    assert changed is made
    assert "{filename}" not in made.text
    assert "#102030" in made.text


async def test_a_profile_is_changed_by_name_listed_and_deleted_after_one_question(shared):
    _, discord = shared
    ada, bob = discord.user("ada"), discord.user("bob")
    await ada.command("embed create", options={"name": "One", "title": "T", "color": "#000001"})
    await ada.command("embed create", options={"name": "Two"})
    (choice,) = await ada.autocomplete("embed edit", "profile", "on")
    assert choice["name"].startswith("One")
    edited = await ada.command(
        "embed edit",
        options={"profile": choice["value"], "name": "First", "title": "none", "layout": "image"},
    )
    assert "First" in edited.text
    assert "picture alone" in edited.text
    assert "title" not in edited.text
    assert "#000001" in edited.text
    nothing = await ada.command("embed edit", profile="First")
    assert "Say what to change" in nothing.text
    listed = await ada.command("embed list")
    assert listed.text.index("First") < listed.text.index("Two")
    await ada.choose(listed, "Show one", choice["value"])
    assert "#000001" in listed.text
    unknown = await bob.command("embed delete", profile="First")
    assert "no embed profile First" in unknown.text
    asked = await ada.command("embed delete", profile="First")
    await ada.press(asked, "Keep it")
    assert "First" in (await ada.command("embed list")).text
    asked = await ada.command("embed delete", profile="First")
    await ada.press(asked, "Delete for good")
    assert "is deleted" in asked.text
    assert "First" not in (await ada.command("embed list")).text


async def test_only_administrators_choose_the_profile_of_a_chat(shared):
    server, discord = shared
    ada, bob, guild = discord.user("ada"), discord.user("bob"), discord.guild()
    guild.allow(ada, "manage_guild")
    for person in (ada, bob):
        await person.command("embed create", options={"name": "House", "title": "Of the house"})
    refused = await bob.command("embed use", guild=guild, profile="House", where="chat")
    assert "administrators" in refused.text
    alone = await ada.command("embed use", guild=guild, profile="House", where="chat")
    assert "shared team" in alone.text
    await ada.command("settings team", guild=guild, shared=True)
    used = await ada.command("embed use", guild=guild, profile="House", where="chat")
    assert "House" in used.text
    hosted = await bob.command("upload", file=pictures.png(), guild=guild)
    (link,) = links(hosted.text)
    assert "Of the house" in await page(server, link)
    await ada.command("embed use", guild=guild, where="chat")
    assert "Of the house" not in await page(server, link)


async def test_the_preview_shows_the_card_and_what_chats_cut(shared):
    _, discord = shared
    ada = discord.user("ada")
    none = await ada.command("embed preview")
    assert "no image in this chat yet" in none.text
    await ada.command("upload", file=pictures.png(40, 30), caption="Cups")
    bare = await ada.command("embed preview")
    assert "show all of it" in bare.text
    assert "Cups" in bare.text
    made = await ada.command(
        "embed create",
        options={"name": "Long", "title": "{caption} " + "ö" * 60, "author_name": "Ada"},
    )
    seen = await ada.press(made, "Preview")
    assert "Discord, title (cut)" in seen.text
    assert "Telegram, author\\_name (left out)" in seen.text
    (card,) = seen.embeds
    assert card["title"].startswith("Cups ö")
    assert card["title"].endswith("…")
    assert len(card["title"].encode()) <= 70
    again = await ada.command("embed preview", profile="Long")
    assert again.embeds[0]["title"] == card["title"]


async def test_the_longest_profile_is_told_whole_enough(shared):
    _, discord = shared
    ada = discord.user("ada")
    await ada.command("upload", file=pictures.png(), caption="C" * 500)
    url = "https://example.com/" + "u" * 400
    made = await ada.command(
        "embed create",
        options={
            "name": "n" * 100,
            "title": "t" * 256,
            "description": "d" * 2_000,
            "color": "#ffffff",
            "author_name": "a" * 256,
            "author_url": url,
            "site_name": "s" * 256,
            "layout": "component",
            "spoiler": True,
            "buttons": " | ".join(f"{'l' * 80} {url}" for _ in range(5)),
        },
    )
    assert not made.text.endswith("…")
    assert made.text.count("lll…") + made.text.count("u…") >= 5
    seen = await ada.press(made, "Preview")
    assert "Discord would refuse the components" in seen.text
    assert seen.embeds[0]["title"].endswith("…")
    listed = await ada.command("embed list")
    assert len(listed.text) < 150


async def test_the_26th_profile_gets_a_sentence(shared):
    _, discord = shared
    ada = discord.user("ada")
    for number in range(PROFILES_MAX):
        made = await ada.command("embed create", options={"name": f"Number {number}"})
        assert "The profile is there" in made.text
    refused = await ada.command("embed create", options={"name": "One more"})
    assert "as many embed profiles as a user may have" in refused.text
    listed = await ada.command("embed list")
    assert "Number 24" in listed.text
    assert "One more" not in listed.text


async def test_a_profile_is_another_persons_alone(shared):
    _, discord = shared
    ada, bob = discord.user("ada"), discord.user("bob")
    await ada.command("embed create", options={"name": "Mine"})
    (mine,) = await ada.autocomplete("embed delete", "profile", "")
    refused = await bob.command("embed edit", profile=mine["value"], title="Stolen")
    assert "no embed profile" in refused.text


async def test_the_help_tells_of_each_option_once_and_germans_read_german(shared):
    _, discord = shared
    ada, eva = discord.user("ada"), discord.user("eva", locale="de")
    told = await ada.command("help", command="embed")
    assert not told.text.endswith("…")
    assert told.text.count("#ff5733") == 1
    assert "as above" in told.text
    made = await eva.command("embed create", options={"name": "Laden", "layout": "component"})
    assert "Das Profil ist da" in made.text
    assert "Komponenten" in made.text
    refused = await eva.command("embed create", options={"name": "X", "title": "{titel}"})
    assert "Es gibt keinen Platzhalter {titel}" in refused.text
    assert "noch keine Alben" in (await eva.command("album list")).text
