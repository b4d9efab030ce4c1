"""Pictures and files, sent by people and by the bot."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiohttp
import pictures
import pytest
from aiohttp import web
from loopback import web_server
from PIL import Image
from telegram_platform.bare_bot import bare_bot
from telegram_platform.files import File
from telegram_platform.stand_in import telegram_platform


async def fetched(bare, number):
    """Status and bytes of a file."""
    file = await bare.call("getFile", file_id=number)
    path = f"{bare.telegram.base_file_url}{bare.telegram.token}/{file['file_path']}"
    async with bare.http.get(path) as answer:
        return answer.status, await answer.read()


async def test_a_photo_is_shrunk_flattened_and_stripped(ada, bare):
    exif = Image.Exif()
    exif[0x010E], exif[0x0112] = "secret", 6
    data = pictures.encoded(pictures.pixels(3000, 1000), "JPEG", exif=exif)
    await ada.post(photo=data, caption="look /here https://x.org")
    (update,) = await bare.updates()
    message = update["message"]
    sizes = [(one["width"], one["height"]) for one in message["photo"]]
    assert sizes == [(30, 90), (107, 320), (267, 800), (427, 1280)]
    assert [one["type"] for one in message["caption_entities"]] == ["bot_command", "url"]
    status, seen = await fetched(bare, message["photo"][-1]["file_id"])
    photo = pictures.opened(seen)
    assert (status, photo.size, len(photo.getexif())) == (200, (427, 1280), 0)
    assert len(seen) == message["photo"][-1]["file_size"]
    clear = pictures.encoded(Image.new("RGBA", (50, 40)), "PNG")
    message = await ada.post(photo=clear)
    assert pictures.opened(message.photo).getpixel((9, 9)) == (255, 255, 255)
    assert len(message.data["photo"]) == 1


async def test_files_are_untouched_and_stickers_are_described(ada, bare):
    data = pictures.png(mode="RGBA")
    message = await ada.post(document=File(data, "a b.png"))
    shown = message.data["document"]
    assert (shown["file_name"], shown["mime_type"]) == ("a b.png", "image/png")
    assert await fetched(bare, shown["file_id"]) == (200, data)
    sticker = (await ada.post(sticker=pictures.encoded(pictures.pixels(512, 300), "WEBP"))).data
    assert (sticker["sticker"]["width"], sticker["sticker"]["is_animated"]) == (512, False)
    moving = (await ada.post(document=File(pictures.gif(), "a.gif"))).data
    assert moving["animation"]["file_id"] == moving["document"]["file_id"]
    again = ada.forward(message)
    assert again.data["document"] == shown
    assert again.data["forward_origin"]["sender_user"]["id"] == ada.id


async def test_files_too_large_expired_or_cut(ada, bare, platform):
    large = await ada.post(document=File(b"x", "a.png", claims_size=(20 << 20) + 1))
    number = large.data["document"]["file_id"]
    said = await bare.refused("getFile", file_id=number)
    assert said == "Bad Request: file is too big"
    assert await bare.refused("getFile", file_id="nonsense")
    small = (await ada.post(document=b"x" * 9)).data["document"]["file_id"]
    path = (await bare.call("getFile", file_id=small))["file_path"]
    platform.files.expire()
    async with bare.http.get(f"{platform.base_file_url}{platform.token}/{path}") as answer:
        assert answer.status == 404
    async with bare.http.get(f"{platform.base_file_url}1:{'A' * 35}/{path}") as answer:
        assert answer.status == 401
    assert await fetched(bare, small) == (200, b"x" * 9)
    assert platform.files.fetches[small] == 1
    cut = await ada.post(document=File(b"x" * 100_000, "a.png", drops_after=10))
    with pytest.raises(aiohttp.ClientPayloadError):
        await fetched(bare, cut.data["document"]["file_id"])
    stalled = await ada.post(document=File(b"x" * 100_000, "a.png", stalls_after=10))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(fetched(bare, stalled.data["document"]["file_id"]), 0.2)


async def test_a_server_beside_the_bot_has_no_limit(tmp_path):
    async with telegram_platform(local=tmp_path) as platform, bare_bot(platform) as bare:
        ada = platform.user("ada")
        message = await ada.post(document=File(b"x" * 9, "a.png", claims_size=30 << 20))
        found = await bare.call("getFile", file_id=message.data["document"]["file_id"])
        path = Path(found["file_path"])
        assert path.read_bytes() == b"x" * 9
        assert path.parent.parent == tmp_path / platform.token


async def test_the_bot_sends_by_bytes_id_and_address(ada, bare, platform):
    data = pictures.jpeg()
    sent = await bare.call("sendPhoto", chat_id=str(ada.id), files={"photo": ("a.jpg", data)})
    number = sent["photo"][-1]["file_id"]
    again = await bare.call("sendPhoto", chat_id=ada.id, photo=number, caption="again")
    assert again["photo"] == sent["photo"]
    files = {"one": ("a.png", data)}
    attached = {"chat_id": str(ada.id), "document": "attach://one", "files": files}
    await bare.call("sendDocument", **attached)
    assert (ada.sees()[-1].file, ada.sees()[-1].file_name) == (data, "a.png")

    async def picture(_):
        return web.Response(body=data, content_type="image/jpeg")

    async def page(_):
        return web.Response(text="<p>", content_type="text/html")

    async with web_server({"/a.jpg": picture, "/page": page}) as url:
        await bare.call("sendPhoto", chat_id=ada.id, photo=f"{url}/a.jpg")
        assert pictures.opened(ada.sees()[-1].photo).size == (64, 48)
        for wrong in (f"{url}/page", f"{url}/nothing", "http://127.0.0.1:1/a"):
            assert await bare.refused("sendPhoto", chat_id=ada.id, photo=wrong)
    document = ada.sees()[2].data["document"]["file_id"]
    for wrong in (document, "nonsense", "attach://nothing", "", 5):
        assert await bare.refused("sendPhoto", chat_id=ada.id, photo=wrong)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no picture", "IMAGE_PROCESS_FAILED"),
        (b"", "file must be non-empty"),
        (pictures.jpeg(2100, 100), "PHOTO_INVALID_DIMENSIONS"),
        (pictures.jpeg() + bytes(10 << 20), "too big for a photo"),
    ],
    ids=["no picture", "empty", "long", "large"],
)
async def test_photos_that_are_refused(ada, bare, data, reason):
    sent = {"chat_id": str(ada.id), "files": {"photo": ("a.jpg", data)}}
    assert reason in await bare.refused("sendPhoto", **sent)


async def test_albums(ada, bare):
    files = {f"f{number}": ("a.jpg", pictures.jpeg(seed=number)) for number in range(3)}
    items = [{"type": "photo", "media": f"attach://{name}"} for name in files]
    items[0]["caption"] = "three"
    sent = await bare.call("sendMediaGroup", chat_id=str(ada.id), media=items, files=files)
    assert len({one["media_group_id"] for one in sent}) == 1
    assert [one.text for one in ada.sees()] == ["three", "", ""]
    number = {"type": "photo", "media": sent[0]["photo"][-1]["file_id"]}
    document = number | {"type": "document"}
    sets = ([number], [number] * 11, [number, document], [number | {"type": "x"}] * 2, [1, 2])
    for wrong in sets:
        assert await bare.refused("sendMediaGroup", chat_id=ada.id, media=json.dumps(wrong))


async def test_people_send_albums_in_any_order(ada, bare):
    data = [pictures.jpeg(seed=number) for number in range(4)]
    sent = await ada.post_album(data, caption="four", captioned=2, order=[3, 1, 0, 2])
    told = [one["message"] for one in await bare.updates()]
    assert [one["message_id"] for one in told] == [sent[n].id for n in (3, 1, 0, 2)]
    assert len({one["media_group_id"] for one in told}) == 1
    assert [one.get("caption") for one in told] == [None, None, None, "four"]
    passed_on = ada.forward(sent)
    assert len({one.data["media_group_id"] for one in [*passed_on, sent[0]]}) == 2
