"""The real library and the stand-in understand each other."""

from __future__ import annotations

import pictures
import pytest
from aiohttp import web
from telegram import Update
from telegram_platform.answers import NotAnswered, NotOffered
from telegram_platform.files import File
from telegram_platform.small_bot import build, running_bot
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


async def test_files_and_stickers_are_fetched_as_they_are(telegram):
    ada = telegram.user("ada")
    data = pictures.png(mode="RGBA")
    assert (await ada.send_document(data, "a.png")).text.startswith(f"{len(data)} bytes")
    sticker = pictures.encoded(pictures.pixels(512, 512), "WEBP")
    assert (await ada.send_sticker(sticker)).text.startswith(f"{len(sticker)} bytes")
    large = File(data, "a.png", claims_size=21 << 20)
    assert (await ada.send_document(large)).text == "File is too big"
    assert [one.message for one in telegram.forgive()] == ["Bad Request: file is too big"]


async def test_buttons_work(telegram):
    ada = telegram.user("ada")
    reply = await ada.send_photo(pictures.jpeg())
    assert reply.rows == [["Undo", "Delete"], ["Copy"]]
    await ada.tap(reply, "Copy")
    assert ada.clipboard == "https://pix.example/abc"
    size = reply.text.split()[0]
    tap = await ada.tap(reply, "Undo")
    assert (tap.text, reply.text, reply.rows) == ("", f"undone undo:{size}", [])
    other = await ada.send_photo(pictures.jpeg())
    tap = await ada.tap(other, "Delete")
    assert (tap.text, tap.alert) == ("Gone", True)
    await other.until(lambda one: one.deleted)
    with pytest.raises(NotOffered, match="is gone"):
        await ada.tap(other, "Undo")


async def test_the_bot_sends_pictures(telegram):
    ada = telegram.user("ada")
    data = pictures.jpeg(200, 100)
    await ada.send_document(data, "a.jpg")
    await ada.post(text="/pictures")
    await telegram.until(lambda: len(ada.sees()) == 7)
    photo, file, *album = ada.sees()[3:]
    assert (photo.text, pictures.opened(photo.photo).size) == ("photo", (200, 100))
    assert (file.text, file.file, file.file_name) == ("file", data, "copy.jpg")
    assert len({one.data["media_group_id"] for one in album}) == 1


async def test_in_a_group_a_command_replies_to_a_photo(telegram):
    ada = telegram.user("ada")
    cats = telegram.group("Cats", ada)
    photo = await ada.post(photo=pictures.jpeg(), chat=cats)
    with pytest.raises(NotAnswered, match="did not react"):
        await telegram.answer_to(photo, 0.3)
    reply = await ada.send("/upload@pixferry_bot", chat=cats, reply_to=photo)
    assert reply.text.startswith(f"{len(photo.photo)} bytes")
    assert reply.reply_to.text == "/upload@pixferry_bot"


async def test_inline_results_and_their_messages(telegram):
    ada = telegram.user("ada")
    shown = await ada.inline("cats")
    assert (shown.titles, shown.personal) == (["cats 0", "cats 1"], True)
    message = await ada.choose(shown, 1)
    assert (message.text, message.rows) == ("chose 1", [["Undo"]])
    await ada.tap(message, "Undo")
    assert message.text == "undone undo:1"


async def test_edits_deep_links_and_doubled_updates(telegram):
    ada = telegram.user("ada")
    first = await ada.post(text="hello")
    await telegram.answer_to(first)
    ada.edit(first, "good day")
    await telegram.until(lambda: ada.sees()[-1].text == "now good day")
    link = f"https://t.me/{telegram.bot.username}?start=l_CODE"
    assert (await ada.open(link)).text == "started l_CODE"
    with pytest.raises(NotOffered):
        await ada.open("https://x.org/")
    await ada.post(text="twice", repeat=2)
    await telegram.until(lambda: [one.text for one in ada.sees()].count("twice") == 3)


async def test_the_library_by_webhook():
    async with telegram_platform() as platform:
        app = build(platform)

        async def take(request):
            assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == "secret"
            await app.process_update(Update.de_json(await request.json(), app.bot))
            return web.Response()

        server = web.Application()
        server.router.add_post("/hook", take)
        runner = web.AppRunner(server, shutdown_timeout=0)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        async with app:
            await app.bot.set_webhook(url, secret_token="secret", allowed_updates=Update.ALL_TYPES)
            ada = platform.user("ada")
            assert (await ada.send("hello")).text == "hello"
            reply = await ada.send_photo(pictures.jpeg())
            await ada.tap(reply, "Undo")
            assert reply.text.startswith("undone")
            await app.bot.delete_webhook()
        await runner.cleanup()


async def test_a_server_of_the_bots_own_has_no_limit(tmp_path):
    async with telegram_platform(local=tmp_path) as platform, running_bot(platform, local=True):
        ada = platform.user("ada")
        large = File(pictures.png(), "a.png", claims_size=30 << 20)
        assert (await ada.send_document(large)).text.startswith(f"{len(large.data)} bytes")


async def test_an_album_is_one_group_for_the_library(telegram):
    ada = telegram.user("ada")
    sent = await ada.post_album([pictures.jpeg(seed=n) for n in range(3)], order=[2, 0, 1])
    await telegram.until(lambda: len(ada.sees()) == 6)
    assert {one.reply_to for one in ada.sees()[3:]} == set(sent)
