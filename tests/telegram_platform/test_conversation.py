"""The real library and the stand-in understand each other."""

from __future__ import annotations

import pictures
import pytest
from telegram_platform.small_bot import running_bot
from telegram_platform.stand_in import telegram_platform


@pytest.fixture
async def telegram():
    async with telegram_platform() as platform, running_bot(platform):
        yield platform


async def test_a_text_is_answered(telegram):
    ada = telegram.user("ada")
    reply = await ada.send("hello")
    assert reply.text == "hello"
    assert (await ada.start("l_CODE")).text == "started l_CODE"
    assert ada.commands() == {"start": "Begin", "size": "How large it is"}


async def test_a_photo_is_fetched_in_its_largest_size(telegram):
    ada = telegram.user("ada")
    data = pictures.png(1600, 1200, mode="RGBA")
    reply = await ada.send_photo(data)
    assert reply.reply_to.photo is not None
    size = len(reply.reply_to.photo)
    assert reply.text == f"{size} bytes: https://pix.example/abc"
    assert reply.html.startswith(f"<b>{size}</b> bytes")
    assert reply.preview == {"url": "https://pix.example/abc", "prefer_large_media": True}
    photo = pictures.opened(reply.reply_to.photo)
    assert (photo.size, photo.format, photo.mode) == ((1280, 960), "JPEG", "RGB")
