"""/info, /edit, /delete, /images and their buttons on Telegram: as on Discord."""

from __future__ import annotations

import pictures
import pytest
from chats import album_of, media_id, page, picture, status_of
from telegrams import links, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def hosted(person, seed=1, caption="/upload", **where):
    """The link that an upload is answered with."""
    photo = pictures.png(40, 30, seed)
    reply = await person.send_document(photo, f"{seed}.png", caption=caption, **where)
    return links(reply)[0]


def coded(message, name: str) -> str:
    """The text to copy of that name."""
    return message.text.split(f"{name}: ", 1)[1].split("\n", 1)[0]


async def test_info_tells_all_there_is_to_know(shared):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    link = await hosted(ada, caption='/upload A [cat] album="Secret plans" ttl=2d')
    told = await ada.send("/info")
    src = coded(told, "Direct")
    assert coded(told, "Link") == link
    assert await picture(server, src) == pictures.png(40, 30)
    assert coded(told, "Markdown") == f"[![A \\[cat\\]]({src})]({link})"
    assert coded(told, "HTML").startswith(f'<a href="{link}"><img src="{src}"')
    assert coded(told, "BBCode") == f"[url={link}][img]{src}[/img][/url]"
    for part in (media_id(link), "40 × 30", "PNG", "Secret plans", "Public", "Views: 0", "Expires"):
        assert part in told.text, part
    assert album_of(told)
    for given in (link, media_id(link), f"image={media_id(link)}", f"<{link}>", link[7:]):
        other = await bob.send(f"/info {given}")
        assert "A [cat]" in other.text
        assert "Secret" not in other.text
        assert "Views" not in other.text
    turned = await ada.send(f"/info {link}?rotate=90")
    assert "30 × 40" in turned.text


async def test_an_image_is_the_last_one_or_that_of_the_message_replied_to(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    assert "You have hosted no image in this chat yet." in (await ada.send("/info")).text
    reply = await ada.send_document(pictures.png(), "a.png")
    last = await hosted(ada, 2)
    assert coded(await ada.send("/info"), "Link") == last
    assert coded(await ada.send("/info", reply_to=reply), "Link") == links(reply)[0]
    theirs = next(one for one in ada.sees() if one.sender == ada.id and one.file_name == "a.png")
    assert links(await ada.send("/transform blur=5", reply_to=theirs)) == [
        f"{links(reply)[0]}?blur=5"
    ]
    for given in ("cat", "https://example.org/AbCdEfGhJk", "AbCdEfGhJ", "🐈"):
        assert "I can't tell which image that is." in (await ada.send(f"/info {given}")).text


async def test_edit_changes_what_is_given(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    link = await hosted(ada, caption="/upload Old ttl=1d")
    told = await ada.send(f"/edit {link} caption=New ttl=never album=Fresh")
    assert "New" in told.text
    assert "Expires" not in told.text
    assert "Old" not in await page(server, link)
    assert album_of(await ada.send("/info"))
    told = await ada.send("/edit caption=none private=yes album=none")
    assert "New" not in told.text
    assert await status_of(server, link) == 404
    (signed,) = links(told)
    assert await picture(server, signed) == pictures.png(40, 30)
    assert links(await ada.send("/edit private=no")) == [link]
    for typed, wrong in (
        ("/edit", "Say what to change"),
        ("/edit ttl=soon", "ttl must be a span"),
        ("/edit ttl=1000d", "to 90 days, or never"),
        ('/edit embed="no such"', "You have no embed profile no such"),
        (f"/edit album={'x' * 201}", "at most 200 characters"),
    ):
        assert wrong in (await ada.send(typed)).text, typed


async def test_private_and_public_again_by_a_button_in_the_same_message(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    reply = await ada.send_document(pictures.png(), "a.png")
    (link,) = links(reply)
    await ada.tap(reply, "Make private", repeat=2)
    assert "It is private now" in reply.text
    assert await status_of(server, link) == 404
    assert await status_of(server, links(reply)[0]) == 200
    await ada.tap(reply, "Copy link")
    assert ada.clipboard == links(reply)[0]
    await ada.tap(reply, "Make public")
    assert links(reply) == [link]
    assert await status_of(server, link) == 200


async def test_the_delete_button_asks_in_place_of_the_buttons(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    reply = await ada.send_document(pictures.png(), "a.png", caption="Cat")
    (link,) = links(reply)
    before, text = reply.rows, reply.text
    await ada.tap(reply, "Delete", repeat=2)
    assert reply.rows == [["Delete for good", "Keep it"]]
    assert reply.text == text
    assert reply.photo
    await ada.tap(reply, "Keep it")
    assert reply.rows == before
    await ada.tap(reply, "Delete")
    tap = await ada.tap(reply, "Delete for good", repeat=2)
    said = [tap.text, *(one.text for one in ada.sees())]
    assert any("is deleted" in text for text in said)
    assert reply.deleted, "nothing of the picture stays"
    assert await status_of(server, link) == 410
    told = (await ada.send(f"/info {link}")).text
    assert "deleted or has expired" in told
    assert "can't be brought back" in told


async def test_the_delete_command_shows_the_image_and_asks_once(shared):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    link = await hosted(ada)
    asked = await ada.send(f"/delete {link}")
    assert asked.rows == [["Delete for good", "Keep it"]]
    await ada.tap(asked, "Keep it")
    assert any("stays" in one.text for one in ada.sees())
    told = await bob.send(f"/delete {link}")
    assert "somebody else's" in told.text
    assert "somebody else's" in (await bob.send(f"/edit {link} caption=Mine")).text
    asked = await ada.send("/delete")
    await ada.tap(asked, "Delete for good")
    assert await status_of(server, link) == 410
    hidden = await hosted(ada, caption="/upload private")
    told = await bob.send(f"/info {media_id(hidden)}")
    assert "nothing here, or it is not yours to see" in told.text


async def test_images_come_in_pages_newest_first(shared):
    _, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    assert "You have no images yet" in (await ada.send("/images")).text
    made = [await hosted(ada, seed) for seed in range(1, 9)]
    listed = await ada.send("/images")
    assert links(listed) == made[:1:-1]
    assert listed.text.count("40 × 30") == 6
    assert listed.rows[-1] == ["Older"]
    await ada.tap(listed, "Older", repeat=2)
    assert links(listed) == made[1::-1]
    assert listed.rows[-1] == ["Newer"]
    await ada.tap(listed, "Newer")
    assert links(listed) == made[:1:-1]
    await ada.tap(listed, f"8.png ({media_id(made[-1])})")
    details = ada.sees()[-1]
    assert details is not listed
    assert coded(details, "Link") == made[-1]
    assert "You have no images yet" in (await bob.send("/images")).text


async def test_images_are_searched_by_words_and_albums(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    cat = await hosted(ada, 1, "/upload Schöne Katze album=Pets")
    dog = await hosted(ada, 2, "/upload Hund album=Pets ttl=1d")
    sea = await hosted(ada, 3, "/upload private Sea")
    assert links(await ada.send("/images KATZE")) == [cat]
    listed = await ada.send("/images album=pets")
    assert links(listed) == [dog, cat]
    assert "Expires" in listed.text
    listed = await ada.send("/images search=sea")
    assert media_id(links(listed)[0]) == media_id(sea)
    assert "private" in listed.text
    assert "Nothing was found" in (await ada.send("/images bird")).text
    assert "You have no album Cars" in (await ada.send("/images album=Cars")).text


async def test_several_pictures_become_one_album_once(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    files = [pictures.png(40, 30, seed) for seed in range(3)]
    await ada.send_album(files, caption="Ducks", kind="document")
    await telegram.until(lambda: links(ada.sees()[-1]))
    reply = ada.sees()[-1]
    found = links(reply)
    await ada.tap(reply, "Make one album link", repeat=2)
    album = album_of(reply)
    assert links(reply) == found
    await ada.tap(reply, "Copy link")
    assert ada.clipboard == album
    shown = await page(server, album)
    assert "Ducks" in shown
    assert all(media_id(link) in shown for link in found)
    assert "3 images" in seen(await ada.send("/album"))
