"""What people send to the bot on Telegram: photos and files, stickers, what moves, what is none."""

from __future__ import annotations

import pictures
import pytest
from chats import media_id, picture
from telegram_platform.files import File
from telegrams import links, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")
HINT = "Send the next one as a file, and it stays as it is."
MOVES = "That is a video, as Telegram makes one of every GIF and of moving stickers."
FORMATS = "Send a JPEG, PNG, GIF, WebP"


async def used(ada) -> str:
    return (await ada.send("/usage")).text


async def test_photos_are_hosted_without_a_name_and_files_as_they_are(shared):
    server, telegram = shared
    ada, eva = telegram.user("ada"), telegram.user("eva", language="de")
    photo = pictures.jpeg(320, 240)
    reply = await ada.send_document(photo, "Bläßhuhn.jpg")
    assert pictures.same_pixels(await picture(server, links(reply)[0]), photo)
    assert "Bläßhuhn" in reply.text
    assert HINT not in reply.text
    first = await ada.send_photo(photo)
    assert first.text.endswith(f" · JPEG\nThe chat makes photos smaller before I get them. {HINT}")
    assert "file_" not in first.text
    assert HINT not in (await ada.send_photo(photo)).text, "it is said once"
    assert "Schick das nächste als Datei" in (await eva.send_photo(photo)).text
    told = (await ada.send(f"/info {links(first)[0]}")).text
    assert "Name:" not in told


async def test_stickers_and_animations(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    webp = pictures.encoded(pictures.pixels(512, 512), "WEBP")
    reply = await ada.send_sticker(webp)
    assert pictures.opened(await picture(server, links(reply)[0])).size == (512, 512)
    gif = pictures.gif()
    reply = await ada.send_animation(File(gif, "dance.gif"))
    assert pictures.opened(await picture(server, links(reply)[0])).n_frames == 3
    reply = await ada.send_document(gif, "dance.gif")
    assert links(reply)
    before = dict(telegram.files.fetches)
    for kind, file in (
        ("sticker", File(b"x", "a.tgs")),
        ("sticker", File(b"x", "a.webm")),
        ("animation", File(b"x" * 100, "a.gif.mp4", "video/mp4")),
    ):
        told = await telegram.answer_to(await ada.post(**{kind: file}))
        assert told.text.startswith(MOVES)
        assert "Send the picture as a file." in told.text
    assert telegram.files.fetches == before
    assert "3 of 100" in await used(ada)


async def test_long_strips_which_telegram_takes_for_no_photos_are_their_links(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    tall = pictures.png(20, 401)
    reply = await ada.send_document(tall, "strip.png")
    assert await picture(server, *links(reply)) == tall
    assert "20 × 401" in reply.text
    assert reply.photo is None
    turned = await ada.send("/transform rotate=90")
    assert (turned.photo, len(links(turned))) == (None, 1)
    fitting = await ada.send_document(pictures.png(20, 400), "strip.png")
    assert fitting.photo
    await ada.post_album([tall, pictures.png(41, 30)], kind="document")
    await telegram.until(lambda: len(links(ada.sees()[-1])) == 2)
    assert pictures.opened(ada.sees()[-1].photo).size == (41, 30)


async def test_where_the_internet_reaches_us_strips_are_previewed_unless_they_are_veiled(reachable):
    _, telegram = reachable
    ada = telegram.user("ada")
    reply = await ada.send_document(pictures.png(20, 401), "strip.png", caption="A strip")
    assert reply.preview["url"] == links(reply)[0]
    (found,) = (await ada.inline("strip")).results
    assert found["type"] == "article"
    await ada.send("/embed create Veil spoiler=yes")
    await ada.send("/embed use Veil")
    veiled = await ada.send_document(pictures.png(20, 401, 2), "strip.png")
    assert (veiled.preview, veiled.photo, len(links(veiled))) == (None, None, 1)


async def test_a_picture_of_another_chat_that_is_replied_to(shared):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    theirs = await bob.post(document=pictures.png(), chat=telegram.group("Cats", ada, bob))
    told = {"origin": {"type": "user", "date": 1, "sender_user": bob.account.data()}}
    told |= {"chat": theirs.chat.data(), "message_id": theirs.id}
    shown = {"external_reply": told | {"document": theirs.data["document"]}}
    reply = await ada.send("/upload private=yes", further=shown)
    assert await picture(server, *links(reply)) == pictures.png()
    edited = await ada.send("/transform rotate=90", further=shown)
    assert pictures.opened(await picture(server, *links(edited))).size == (48, 64)
    told = await ada.send("/upload", further={"external_reply": told})
    assert "There is no picture in it" in told.text


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (File(b"words", "words.txt"), "The file is not an image that we can read."),
        (File(b"%PDF-1.7", "a.pdf"), "The file is not an image that we can read."),
        (File(pictures.png()[:60], "a.png"), "The PNG could not be decoded"),
    ],
)
async def test_what_is_no_picture_is_told_of(shared, file, told):
    _, telegram = shared
    ada = telegram.user("ada")
    reply = await ada.send_document(file)
    assert told in reply.text
    assert FORMATS in reply.text
    assert "0 of 100" in await used(ada)


async def test_over_20_mb_is_told_before_telegram_is_asked(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    before = telegram.calls["getFile"]
    reply = await ada.send_document(File(pictures.png(), "huge.png", claims_size=(20 << 20) + 1))
    assert reply.text == (
        "Telegram gives bots files of up to 20 MB.\n"
        "Upload it on the web: /login gives a link that signs you in there."
    )
    assert reply.rows == []
    assert telegram.calls["getFile"] == before
    just = File(pictures.png(), "large.png", claims_size=20 << 20)
    assert links(await ada.send_document(just))


async def test_and_a_button_leads_to_the_web_where_that_is_reached(reachable):
    _, telegram = reachable
    ada = telegram.user("ada")
    huge = File(pictures.png(), "huge.png", claims_size=80 << 20)
    reply = await ada.send_document(huge)
    assert reply.buttons["Upload on the web"]["url"] == "https://pix.example/"
    assert "plan" not in reply.text
    await ada.send_album([File(pictures.png(), "a.png"), huge], kind="document")
    await telegram.until(lambda: links(ada.sees()[-1]))
    reply = ada.sees()[-1]
    assert "huge.png: Telegram gives bots files of up to 20 MB." in seen(reply)
    assert reply.rows[-1] == ["Upload on the web"]


async def test_a_file_that_telegram_no_longer_has(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    gone = {"file_id": "nobody", "file_unique_id": "knows", "file_size": 9, "file_name": "a.png"}
    message = await ada.post(document=File(pictures.png(), "a.png"), further={"document": gone})
    told = (await telegram.answer_to(message)).text
    assert told.startswith("The chat's platform no longer gives this file.")
    assert "Send the picture again" in told
    assert {one.where for one in telegram.forgive()} == {"getFile"}
    short = File(pictures.grains(300), "a.png", drops_after=500)
    assert "no longer gives this file" in (await ada.send_document(short)).text
    assert "0 of 100" in await used(ada)


async def test_addresses_written_to_the_bot_are_offered_and_ours_are_shown_again(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    assert "Send me a picture" in (await ada.send("hello")).text
    link = links(await ada.send_document(pictures.png(320, 240), "cat.png", caption="A cat"))[0]
    shown = await ada.send(f"Look: {link}?blur=3!")
    assert links(shown) == [f"{link}?blur=3"]
    assert "A cat" in shown.text
    assert "Transform" in shown.buttons
    offer = await ada.send("this http://127.0.0.1:9/cat.png")
    assert "Shall I host what is there?" in offer.text
    assert offer.rows == [["Host it"]]
    tap = await ada.tap(offer, "Host it")
    assert "can't be imported from" in tap.text
    assert offer.rows == [["Host it"]]
    assert "1 of 100" in await used(ada)
    assert media_id(link) in (await ada.send("/info")).text


async def test_what_is_delivered_twice_is_hosted_once(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    reply = await ada.send_document(pictures.png(), "cat.png", repeat=2)
    message = next(one for one in ada.sees() if one.sender == ada.id)
    ada.redeliver(message)
    told = await ada.send("/images")
    assert len(links(told)) == 1
    assert sum(one.sender == telegram.bot.id for one in ada.sees()) == 2
    for _ in range(2):
        again = await ada.send("/upload", reply_to=message)
        assert links(again) == links(reply)
