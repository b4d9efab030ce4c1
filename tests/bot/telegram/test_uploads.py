"""Pictures on Telegram: from what people send to links."""

from __future__ import annotations

import pictures
import pytest
from chats import page, picture, status_of
from telegrams import links

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_picture_sent_to_the_bot_becomes_a_link(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    photo = pictures.png(320, 240)
    reply = await ada.send_document(photo, "cat.png", caption="A *cat*")
    (link,) = links(reply)
    assert link.startswith(server.url)
    assert "A *cat*" in await page(server, link)
    assert await picture(server, link) == photo
    assert reply.rows == [["Copy link", "Transform", "Details"], ["Make private", "Delete"]]
    await ada.tap(reply, "Copy link")
    assert ada.clipboard == link
    await ada.tap(reply, "Details")
    assert "320 × 240" in ada.sees()[-1].text


async def test_a_picture_that_has_a_link_is_hosted_again_where_options_want_another(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    photo = pictures.png(32, 24)
    reply = await ada.send_document(photo, "cat.png")
    (link,), sent = links(reply), reply.reply_to
    assert links(await ada.send("/upload", reply_to=sent)) == [link]
    private = await ada.send("/upload private=yes ttl=1d", reply_to=sent)
    (other,) = links(private)
    assert "Make public" in private.buttons
    assert "Expires" in private.text
    assert await picture(server, other) == photo
    assert await status_of(server, other.partition("?")[0]) == 404
    assert await status_of(server, link) == 200


async def test_an_album_gets_one_answer(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    files = [pictures.png(40, 30, seed) for seed in range(3)]
    await ada.send_album(files, caption="Ducks", kind="document")
    await telegram.until(lambda: links(ada.sees()[-1]))
    reply = ada.sees()[-1]
    assert [await picture(server, link) for link in links(reply)] == files
    assert reply.rows == [["Make one album link"]]


async def test_the_editor_is_in_the_same_message(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    reply = await ada.send_document(pictures.png(320, 240), "cat.png")
    await ada.tap(reply, "Transform")
    await ada.tap(reply, "Format ▾")
    await ada.tap(reply, "WEBP")
    assert "format=webp" in reply.text
    await ada.tap(reply, "Undo")
    assert "format=webp" not in reply.text
    await ada.tap(reply, "Rotate and flip ▾")
    await ada.tap(reply, "A quarter to the right")
    await ada.tap(reply, "Done")
    (link,) = links(reply)
    assert "rotate=90" in link
    assert pictures.opened(await picture(server, link)).size == (240, 320)


async def test_delete_asks_once(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    reply = await ada.send_document(pictures.png(320, 240), "cat.png")
    (link,) = links(reply)
    await ada.tap(reply, "Delete")
    await ada.tap(reply, "Delete for good")
    assert "is deleted" in ada.sees()[-1].text
    assert await status_of(server, link) == 410
