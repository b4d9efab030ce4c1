"""What people write to the bot on Telegram beside commands: addresses, forwarded pictures."""

from __future__ import annotations

import pictures
import pytest
from aiohttp import web
from chats import media_id, page, picture
from loopback import web_server
from telegrams import links


async def test_addresses_are_offered_and_hosted_once(chat):
    files = {f"/{number}.png": pictures.png(seed=number) for number in (1, 2)}

    async def served(request):
        return web.Response(body=files[request.path], content_type="image/png")

    async with (
        chat(import_allow="127.0.0.0/8") as (server, telegram),
        web_server(dict.fromkeys(files, served)) as base,
    ):
        ada, bob = telegram.user("ada"), telegram.user("bob")
        offer = await ada.send(f"Look: {base}/1.png, and ({base}/2.png)!")
        assert offer.links == [f"{base}/1.png", f"{base}/2.png"]
        await ada.tap(offer, "Host it", repeat=2)
        found = links(offer)
        assert [await picture(server, link) for link in found] == list(files.values())
        assert offer.rows == [["Make one album link"]]
        assert len(links(await ada.send("/images"))) == 2
        hidden = [{"type": "text_link", "offset": 0, "length": 4, "url": f"{base}/1.png"}]
        offer = await bob.send("here", entities=hidden)
        assert offer.links == [f"{base}/1.png"]
        cats = telegram.group("Cats", ada, bob)
        said = await ada.post(text=f"See {base}/1.png", chat=cats)
        imported = await bob.send("/import ttl=1d caption=Mine", chat=cats, reply_to=said)
        [link] = links(imported)
        assert "Mine" in await page(server, link)
        assert "Expires" in imported.text
        text = await bob.send(f"/import {base}/none.png")
        assert "status 404" in text.text


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_forwarded_is_hosted_for_who_forwards_it(shared):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    cats = telegram.group("Cats", ada, bob)
    photo = pictures.png(64, 48)
    posted = await ada.post(document=photo, caption="/upload", chat=cats)
    reply = await telegram.answer_to(bob.forward(posted))
    assert await picture(server, links(reply)[0]) == photo
    assert media_id(links(reply)[0]) in (await bob.send("/images")).text
    theirs = await telegram.answer_to(posted)
    again = await telegram.answer_to(bob.forward(theirs))
    assert links(again) == links(theirs), "a link of ours is shown again"
    seen = len(bob.sees())
    said = await bob.send("hello")
    bob.edit(next(one for one in bob.sees() if one.text == "hello"), "/usage")
    assert "Send me a picture" in said.text
    assert "Plan" in (await bob.send("/usage")).text
    assert len(bob.sees()) == seen + 4, "what is edited is not asked for anew"
