"""Edits and deletions by the bot."""

from __future__ import annotations

import asyncio

import pictures

KEYS = {"inline_keyboard": [[{"text": "B", "callback_data": "b"}]]}


async def sent(bare, ada, **what):
    told = await bare.call("sendMessage", chat_id=ada.id, **{"text": "x"} | what)
    return ada.sees()[-1], {"chat_id": ada.id, "message_id": told["message_id"]}


async def test_a_text_is_edited_as_the_person_sees(ada, bare):
    message, it = await sent(bare, ada, reply_markup=KEYS)
    waiting = asyncio.create_task(message.until(lambda one: one.text == "new", 30))
    await bare.call("editMessageText", **it, text="<i>new</i>", parse_mode="HTML")
    assert (await waiting).html == "<i>new</i>"
    assert (message.rows, message.versions, message.history) == ([], 2, ["x"])
    await bare.call("editMessageReplyMarkup", **it, reply_markup=KEYS)
    assert (message.rows, message.html) == ([["B"]], "<i>new</i>")
    said = await bare.refused("editMessageReplyMarkup", **it, reply_markup=KEYS)
    assert said.startswith("Bad Request: message is not modified")
    same = {"text": "*new*", "parse_mode": "MarkdownV2"}
    await bare.call("editMessageText", **it, **same, reply_markup=KEYS)
    said = await bare.refused("editMessageText", **it, **same, reply_markup=KEYS)
    assert said.startswith("Bad Request: message is not modified")


async def test_what_can_not_be_edited(ada, bare):
    message, it = await sent(bare, ada)
    own = await ada.post(text="mine")
    new = {"text": "new"}
    missing = "Bad Request: message to edit not found"
    there = {"chat_id": ada.id}
    assert await bare.refused("editMessageText", **there, message_id=10**6, **new) == missing
    assert "can't be edited" in await bare.refused(
        "editMessageText", **there, message_id=own.id, **new
    )
    assert "no caption" in await bare.refused("editMessageCaption", **it, caption="new")
    assert await bare.refused("editMessageText", **there, **new)
    assert await bare.refused("editMessageText", inline_message_id="nothing", **new)
    ada.delete(message)
    assert await bare.refused("editMessageText", **it, **new, blamed=False) == missing
    assert await bare.refused("deleteMessage", **it, blamed=False)


async def test_pictures_and_captions_are_edited(ada, bare):
    one, other = pictures.jpeg(seed=1), pictures.jpeg(100, 100, seed=2)
    photo = {"photo": ("a.jpg", one)}
    told = await bare.call("sendPhoto", chat_id=str(ada.id), files=photo, caption="one")
    message, it = ada.sees()[-1], {"chat_id": str(ada.id), "message_id": str(told["message_id"])}
    await bare.call("editMessageCaption", **it, caption="two")
    assert message.text == "two"
    media = {"type": "photo", "media": "attach://n", "caption": "three"}
    await bare.call("editMessageMedia", **it, media=media, files={"n": ("b.jpg", other)})
    assert (pictures.opened(message.photo).size, message.text) == ((100, 100), "three")
    document = {"type": "document", "media": "attach://n"}
    await bare.call("editMessageMedia", **it, media=document, files={"n": ("b.jpg", other)})
    assert (message.photo, message.file) == (None, other)
    assert "no text" in await bare.refused("editMessageText", **it, text="x")
    assert await bare.refused("editMessageMedia", **it, media={"type": "x"})
    long = {"type": "photo", "media": "attach://n", "caption": "x" * 1025}
    assert "too long" in await bare.refused("editMessageMedia", **it, media=long)
    copied = await bare.call("copyMessage", **it, from_chat_id=ada.id)
    assert ada.sees()[-1].id == copied["message_id"]


async def test_messages_are_deleted(ada, bare, platform):
    message, it = await sent(bare, ada)
    await bare.call("deleteMessage", **it)
    assert message.deleted
    assert ada.sees() == []
    group = platform.group("Cats", ada)
    own = await ada.post(text="/x", chat=group)
    asked = {"chat_id": group.id, "message_id": own.id}
    assert "can't be deleted" in await bare.refused("deleteMessage", **asked)
    group.admins.add(platform.bot.id)
    await bare.call("deleteMessages", chat_id=group.id, message_ids=[own.id, 99])
    assert own.deleted
    for wrong in ([], [1] * 101):
        assert await bare.refused("deleteMessages", chat_id=group.id, message_ids=wrong)
