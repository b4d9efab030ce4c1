"""/album and /embed on Telegram: as on Discord."""

from __future__ import annotations

import pictures
import pytest
from chats import album_of, media_id, page, status_of
from telegrams import asks, links, seen

from bot.telegram import limits
from core.embeds import PROFILES_MAX

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def hosted(person, caption="/upload", **where):
    reply = await person.send_document(pictures.png(), "a.png", caption=caption, **where)
    return media_id(links(reply)[0])


async def test_an_album_is_made_filled_emptied_and_deleted(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    first, last = await hosted(ada), await hosted(ada)
    made = await ada.send('/album create "Trip <1>" description=By the sea')
    assert "By the sea" in made.text
    assert made.rows == [["Copy link", "Delete"]]
    link = album_of(made)
    await ada.send(f"/album add Trip <1> {first}")
    added = await ada.send('/album_add "trip <1>"')
    assert last in added.text
    assert "2 images" in added.text
    shown = await page(server, link)
    assert first in shown
    assert last in shown
    removed = await ada.send(f"/album remove {server.url}/{first}")
    assert "1 image" in removed.text
    assert first not in await page(server, link)
    assert "not in that album" in (await ada.send(f"/album remove {first}")).text
    await ada.tap(made, "Delete")
    await ada.tap(made, "Keep it")
    assert "Trip <1>" in made.text
    asked = await ada.send("/album delete Trip <1>")
    assert asked.rows == [["Delete for good", "Keep it"]]
    await ada.tap(asked, "Delete for good", repeat=2)
    assert "is deleted" in asked.text
    assert await status_of(server, link) == 404
    assert await status_of(server, f"{server.url}/{last}") == 200
    told = (await ada.send('/album delete "Trip <1>"')).text
    assert "no album Trip <1>" in told


async def test_private_albums_and_such_with_a_password_are_shut_to_others(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    private = await ada.send("/album create Mine private=yes")
    assert "private" in private.text
    assert await status_of(server, album_of(private)) == 404
    locked = await ada.send("/album create Ours password=sesame")
    assert "with a password" in locked.text
    assert "sesame" not in locked.text
    image = await hosted(ada, "/upload album=Ours")
    assert image not in await page(server, album_of(locked))


async def test_the_list_of_albums_has_pages(shared, monkeypatch):
    _, telegram = shared
    monkeypatch.setattr(limits, "CHAT", "1000/second")
    telegram.floods.on = False
    ada = telegram.user("ada")
    assert "no albums yet" in (await ada.send("/album")).text
    for number in range(12):
        await ada.send(f"/album create Number {number}")
    listed = await ada.send("/album list")
    assert "Number 11" in listed.text
    assert "Number 0" not in listed.text
    await ada.tap(listed, "Older", repeat=2)
    assert "Number 0" in listed.text
    assert "Number 11" not in listed.text
    await ada.tap(listed, "Newer")
    await ada.tap(listed, listed.rows[0][0])
    picked = ada.sees()[-1]
    assert "Number 11" in picked.text
    assert "Number 10" not in picked.text


async def test_a_profile_with_every_field_shows_in_the_link_once_it_is_used(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    made = await ada.send(
        '/embed create Shop title="{caption}!" description="{width} × {height}" color=#FF5733 '
        'author_name="Ada *L*" author_url=https://ada.example/about site_name="Ada\'s" '
        "layout=component image=small spoiler=yes "
        'buttons="Our shop https://ada.example/shop | Blog https://ada.example/blog"'
    )
    for told in ("Shop", "{caption}!", "#ff5733", "components", "small", "Blog https://ada"):
        assert told in made.text
    assert [label for row in made.rows for label in row] == [
        "Preview",
        "Edit texts",
        "Use for my images",
        "Delete",
    ]
    await ada.tap(made, "Use for my images")
    assert "for all your images" in made.text
    assert "Use for my images" not in made.buttons
    reply = await ada.send_document(pictures.png(40, 30), "a.png", caption="Pots")
    shown = await page(server, links(reply)[0])
    assert "Pots!" in shown
    assert "#ff5733" in shown
    assert "Pots!" in reply.text
    assert reply.data["has_media_spoiler"]
    assert "built-in" in (await ada.send("/embed use")).text
    assert "Pots!" not in await page(server, links(reply)[0])


async def test_profiles_are_edited_listed_previewed_and_deleted(shared):
    _, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    assert "no embed profiles yet" in (await ada.send("/embed")).text
    assert "no image in this chat yet" in (await ada.send("/embed preview")).text
    await hosted(ada, "/upload Cups")
    long = "ö" * 60
    await ada.send(f'/embed create One title="{{caption}} {long}" author-name=Ada color=#000001')
    await ada.send("/embed create Two")
    told = seen(await ada.send("/embed preview One"))
    assert "Discord, title (cut)" in told
    assert "Telegram, author_name (left out)" in told
    edited = await ada.send("/embed edit One name=First title=none layout=image")
    assert "picture alone" in edited.text
    assert "title" not in edited.text
    assert "#000001" in edited.text
    assert "Say what to change" in (await ada.send("/embed edit First")).text
    listed = await ada.send("/embed list")
    assert listed.text.index("First") < listed.text.index("Two")
    await ada.tap(listed, listed.rows[0][0])
    assert "#000001" in listed.text
    await ada.tap(listed, "Preview")
    assert "picture alone" in ada.sees()[-1].text
    assert "no embed profile First" in (await bob.send("/embed delete First")).text
    asked = await ada.send("/embed delete First")
    await ada.tap(asked, "Keep it")
    asked = await ada.send("/embed delete First")
    await ada.tap(asked, "Delete for good")
    assert "is deleted" in asked.text
    assert "First" not in (await ada.send("/embed list")).text


async def test_what_a_profile_may_not_say_is_refused_with_the_reason(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    refused = await ada.send("/embed create Typo title={capton} color=reddish")
    assert "{caption}, {filename}" in refused.text
    assert "#ff5733" in seen(refused)
    assert not asks(refused)
    for buttons, told in (
        ("https://example.com", "label"),
        (" | ".join(["A https://example.com"] * 6), "up to 5"),
        ("A javascript://x", "address"),
    ):
        assert told in seen(await ada.send(f'/embed create B buttons="{buttons}"'))
    assert "It must be one of" in (await ada.send("/embed create B layout=wide")).text


async def test_the_26th_profile_gets_a_sentence(shared, monkeypatch):
    _, telegram = shared
    monkeypatch.setattr(limits, "CHAT", "1000/second")
    telegram.floods.on = False
    ada = telegram.user("ada")
    for number in range(PROFILES_MAX):
        assert "The profile is there" in (await ada.send(f"/embed create Number {number}")).text
    refused = await ada.send("/embed create One more")
    assert "as many embed profiles as a user may have" in refused.text
    assert "/embed_delete" in refused.text
