"""/usage, /key, /login and /help on Telegram: as on Discord."""

from __future__ import annotations

import pictures
import pytest
from chats import media_id
from telegrams import links, seen

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_usage_tells_of_the_month(shared):
    _, telegram = shared
    ada, eva = telegram.user("ada"), telegram.user("eva", language="de")
    told = await ada.send("/usage")
    assert "Plan: Free" in told.text
    assert "▱▱▱▱▱▱▱▱▱▱ 0 of 100" in told.text
    await ada.send_document(pictures.grains(800), "a.png")
    told = (await ada.send("/usage")).text
    assert "▰▱▱▱▱▱▱▱▱▱ 1 of 100" in told
    assert "1.8 MB of 5 GB" in told
    assert "Images: 1" in told
    assert "Tarif: Free" in (await eva.send("/verbrauch")).text


async def test_where_the_internet_reaches_us_buttons_lead_there(reachable):
    _, telegram = reachable
    ada = telegram.user("ada")
    usage = await ada.send("/usage")
    assert usage.buttons["See plans"]["url"].startswith("https://pix.example/pricing?team=")
    login = await ada.send("/login")
    assert login.buttons["Sign in"]["url"] == login.links[0]
    assert login.preview is None, "whoever fetches a preview would use it up"
    reply = await ada.send_document(pictures.png(), "a.png", caption="A cat")
    assert reply.rows == [
        ["Open", "Copy link", "Transform"],
        ["Details", "Make private", "Delete"],
    ]
    assert reply.buttons["Open"]["url"] == links(reply)[0]
    assert reply.preview == {"url": links(reply)[0], "prefer_large_media": True}


async def test_a_login_link_signs_in_once(shared):
    server, telegram = shared
    ada = telegram.user("ada")
    told = await ada.send("/login")
    assert "once, within ten minutes" in told.text
    [link] = told.links
    token = link.partition("token=")[2]
    path = "/auth/chat"
    status, _, body = await server.call("GET", f"{path}?token={token}")
    assert status == 200
    assert b"<form" in body
    other = (await ada.send("/login")).links[0]
    assert other != link


async def test_keys_are_made_listed_and_revoked(shared):
    server, telegram = shared
    ada, bob = telegram.user("ada"), telegram.user("bob")
    assert "You have no API key." in (await ada.send("/key")).text
    made = await ada.send("/key create My *script* access=read")
    token = made.html.split("<code>")[1].split("</code>")[0]
    headers = {"Authorization": f"Bearer {token}"}
    await ada.send_document(pictures.png(), "a.png")
    status, _, media = await server.call("GET", "/v1/media", headers=headers)
    assert (status, len(media["data"])) == (200, 1)
    status, _, _ = await server.upload(pictures.png(), headers=headers)
    assert status == 403
    listed = (await ada.send("/key list")).text
    assert "My *script*" in listed
    assert ": read, made " in listed
    assert token not in listed
    assert "You have no API key My *script*. See /key_list." in seen(
        await bob.send("/key revoke My *script*")
    )
    assert "is worthless now" in (await ada.send("/key_revoke My *script*")).text
    status, _, _ = await server.call("GET", "/v1/media", headers=headers)
    assert status == 401
    assert "There is no key in it." in (await ada.send("/key revoke")).text
    assert "It must be one of" in (await ada.send("/key create x access=all")).text


async def test_help_tells_of_every_command_and_how_it_is_typed(shared):
    _, telegram = shared
    ada, eva = telegram.user("ada"), telegram.user("eva", language="de")
    told = await ada.send("/help")
    for command in ada.commands():
        assert f"/{command}: " in told.text
    assert "name=value" in told.text
    for command in ada.commands():
        told = await ada.send(f"/help {command}")
        assert told.text.startswith(f"/{command}: ")
        assert not told.text.endswith("…")
    told = await eva.send("/hilfe")
    assert "Pixferry macht Links aus Bildern." in told.text
    assert "Did you mean upload?" in (await ada.send("/help uplod")).text


async def test_what_is_saved_by_transform_is_an_image_of_its_own(shared):
    _, telegram = shared
    ada = telegram.user("ada")
    reply = await ada.send_document(pictures.png(320, 240), "a.png")
    saved = await ada.send("/transform size=s rotate=90 save")
    assert media_id(links(saved)[0]) != media_id(links(reply)[0])
    assert "240 × 320" in saved.text
    assert "keep" in (await ada.send("/transform metadata=all")).text
