"""Commands on Telegram with their options, as people type them."""

from __future__ import annotations

import pictures
import pytest
from aiohttp import web
from chats import media_id, page, picture, status_of
from loopback import web_server
from telegrams import links

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def hosted(ada, caption="/upload", **where) -> str:
    reply = await ada.send_document(pictures.png(320, 240), "cat.png", caption=caption, **where)
    [link] = links(reply)
    return link


async def test_a_caption_is_a_command_with_its_options(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    link = await hosted(ada, "/upload ttl=1d A sunny\nday = “good” private")
    assert "sig=" in link
    assert await status_of(server, link.partition("?")[0]) == 404
    assert "A sunny\nday = “good”" in await page(server, link)
    told = (await ada.send(f"/info {media_id(link)}")).text
    assert "Private" in told
    assert "Expires" in told


async def test_a_picture_by_itself_takes_options_in_its_caption(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    link = await hosted(ada, "A private beach: x = 1")
    assert "A private beach: x = 1" in await page(server, link)
    link = await hosted(ada, "ttl=1d private A beach")
    assert "sig=" in link
    assert "A beach" in await page(server, link)
    reply = await ada.send_photo(pictures.jpeg(32, 24), caption="A beach ttl=1y")
    assert "ttl must be a span" in reply.text
    reply = await ada.send_photo(pictures.jpeg(32, 24), caption="A beach ttl=1d prvate=yes")
    assert "Did you mean private?" in reply.text


async def test_a_link_with_transforms_takes_further_ones(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    link = await hosted(ada)
    reply = await ada.send(f"/transform {link}?blur=3 brightness=1.2 blur=5 format=webp")
    assert links(reply) == [f"{link}?blur=5&brightness=1.2&format=webp"]
    assert pictures.opened(await picture(server, links(reply)[0])).format == "WEBP"
    reply = await ada.send("/transform s, rotate 90")
    assert links(reply) == [f"{link}?rotate=90&size=s"]


async def test_what_is_mistyped_is_told_with_the_nearest_right_one(shared):
    _, telegram = shared
    ada, eva = telegram.user("ada"), telegram.user("eva", language="de")
    await hosted(ada)
    told = (await ada.send("/transform brigthness=1.2")).text
    assert told == "There is no option 'brigthness'. Did you mean brightness?"
    told = (await ada.send("/transform blur=many")).text
    assert told == "blur: It may be a whole number from 0 to 250."
    assert (await ada.send("/uplod")).text == "There is no command /uplod. Did you mean /upload?"
    told = (await eva.send("/album nue Urlaub")).text
    assert told == "Den Befehl /album nue gibt es nicht. Meintest du /album_create?"
    told = (await eva.send("/upload privt=ja")).text
    assert told == "Es gibt keine Option 'privt'. Meintest du private?"


async def test_groups_hear_what_is_for_the_bot_alone(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    cats = telegram.group("Cats", ada)
    photo = await ada.post(photo=pictures.jpeg(320, 240), chat=cats)
    await ada.post(text="/uplod", chat=cats)
    await ada.post(text="/upload@other_bot", chat=cats, reply_to=photo)
    reply = await ada.send("@pixferry_bot private=no A cat", chat=cats, reply_to=photo)
    assert len(links(reply)) == 1
    assert [one for one in ada.sees(cats) if one.sender == telegram.bot.id] == [reply]
    told = await ada.send("@pixferry_bot how are you?", chat=cats)
    assert "Send me a picture" in told.text
    told = await ada.send("/uplod@pixferry_bot", chat=cats)
    assert "Did you mean /upload?" in told.text
    reply = await ada.send("@pixferry_bot transform blur=5", chat=cats, reply_to=photo)
    assert links(reply)[0].endswith("?blur=5")


async def test_albums_and_profiles_with_names_of_several_words(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    link = await hosted(ada, '/upload album="Summer in Rome" The Forum')
    assert "The Forum" in await page(server, link)
    assert "Summer in Rome" in (await ada.send("/album")).text
    told = (await ada.send(f"/album add Winter {link}")).text
    assert "You have no album Winter. /album_list shows yours." in told
    await ada.send("/album create Winter in Rome private")
    assert media_id(link) in (await ada.send(f"/album add Winter in Rome {link}")).text
    await ada.send('/embed create Sunset title="{caption}, at night" color=#ff5733')
    assert "{caption}, at night" in (await ada.send("/embed edit Sunset site-name=Ada's")).text


async def test_settings_are_of_the_group_or_topic_that_they_are_typed_in(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    cats = telegram.group("Cats", ada, admins=[ada], bot_admin=True)
    assert "Saved." in (await ada.send("/settings automatic here", chat=cats)).text
    told = (await ada.send("/settings automatic there", chat=cats)).html
    assert "Type <code>here</code> in the group or topic that you mean" in told
    assert "Saved." in (await ada.send("/settings automatic none", chat=cats)).text
    told = (await ada.send("/settings defaults ttl 7d", chat=cats)).text
    assert "7 days" in told


async def test_help_shows_how(shared):
    _, telegram = shared
    ada, eva = telegram.user("ada"), telegram.user("eva", language="de")
    assert "/upload ttl=7d private A sunny day" in (await ada.send("/help")).text
    assert "Etwa /upload ttl=7d private Ein sonniger Tag" in (await eva.send("/hilfe upload")).text


async def test_addresses_beside_a_command_are_pictures_and_no_caption(chat):
    async def cat(_):
        return web.Response(body=pictures.png(), content_type="image/png")

    async with (
        chat(import_allow="127.0.0.0/8") as (server, telegram),
        web_server({"/cat.png": cat, "/cat": cat}) as base,
    ):
        ada = telegram.user("ada")
        for text in (f"/upload {base}/cat.png A cat", f"/upload A cat {base}/cat?size=1"):
            reply = await ada.send(text)
            [link] = links(reply)
            assert await picture(server, link) == pictures.png()
            assert "A cat" in reply.text
            assert base not in reply.text
        reply = await ada.send(f"/import {base}/cat.png ttl=1d Another cat")
        assert "Another cat" in reply.text
        seen = await ada.send(f"Look at {base}/cat")
        reply = await ada.send("/import caption=That cat", reply_to=seen)
        assert "That cat" in reply.text
        told = (await ada.send("/import")).html
        assert "no url in it. Type it like this: <code>/import https://example.com/cat.jpg" in told
        photo, caption = pictures.png(seed=2), f"Seen at {base}/cat.png"
        reply = await ada.send_document(photo, "cat.png", caption=caption)
        [link] = links(reply)
        assert await picture(server, link) == photo
        assert f"{base}/cat.png" in await page(server, link)
