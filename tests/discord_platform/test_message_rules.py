"""Messages that the platform refuses: each rule is broken once, in a channel and in an answer."""

from __future__ import annotations

import pytest
from discord_platform.bare_bot import codes
from discord_platform.broken_messages import BROKEN, BUTTON, GOOD, LEGACY, layout, row


@pytest.fixture
def channel(platform):
    return f"/channels/{platform.guild().channel.id}/messages"


@pytest.mark.parametrize("name", GOOD)
async def test_good_messages_are_taken(platform, listening, channel, name):
    status, body = await listening.call("POST", channel, GOOD[name])
    assert status == 200
    assert await listening.call("GET", f"{channel}/{body['id']}") == (200, body)
    begun = await listening.begin(platform.user("ada"))
    assert (await listening.respond(begun, 4, GOOD[name]))[0] == 204


@pytest.mark.parametrize("name", BROKEN)
async def test_broken_messages_are_refused(platform, listening, channel, name):
    message, path, code = BROKEN[name]
    begun = await listening.begin(platform.user("ada"))
    tries = [
        await listening.call("POST", channel, message),
        await listening.respond(begun, 4, message),
    ]
    await listening.respond(begun, 5)
    tries.append(await listening.hook("PATCH", begun, "/messages/@original", message))
    tries.append(await listening.hook("POST", begun, "", message))
    for number, (status, body) in enumerate(tries):
        assert (status, body["code"]) == (400, 50035)
        place = ("data", *path) if number == 1 else path
        assert code in codes(body["errors"], *place), body["errors"]
    assert [one.errors for one in platform.forgive()] == [body["errors"] for _, body in tries]
    assert begun.original.loading, "nothing of it was shown"


async def test_letters_count_once_however_they_are_encoded(platform, listening, channel):
    full = {"content": "🐈" * 2_000, "embeds": [{"title": "🐈" * 256}]}
    status, made = await listening.call("POST", channel, full)
    assert (status, made["content"]) == (200, full["content"])


async def test_an_empty_message_is_refused(platform, listening, channel):
    for nothing in ({}, {"content": ""}, {"components": [row(BUTTON)]}, {"embeds": []}):
        status, body = await listening.call("POST", channel, nothing)
        assert (status, body["code"]) == (400, 50006)
    _, made = await listening.call("POST", channel, {"content": "hi"})
    status, body = await listening.call("PATCH", f"{channel}/{made['id']}", {"content": ""})
    assert (status, body["code"]) == (400, 50006)
    assert len(platform.forgive()) == 5


async def test_files_have_limits(platform, listening, channel):
    small, large = ("a.png", bytes(10 << 20)), ("a.png", bytes((10 << 20) + 1))
    status, made = await listening.call("POST", channel, {}, files=[small, small])
    assert (status, len(made["attachments"])) == (200, 2)
    for files in ([large], [small] * 3):
        status, body = await listening.call("POST", channel, {}, files=files)
        assert (status, body["code"]) == (413, 40005)
    status, body = await listening.call("POST", channel, {}, files=[("a.png", b"x")] * 11)
    assert codes(body["errors"], "attachments") == ["BASE_TYPE_MAX_LENGTH"]
    boosted = platform.guild(attachment_limit=50 << 20)
    status, _ = await listening.call(
        "POST", f"/channels/{boosted.channel.id}/messages", {}, files=[large]
    )
    assert status == 200
    assert len(platform.forgive()) == 3


async def test_an_edit_keeps_what_it_does_not_name(platform, listening, channel):
    told = {"content": "hi", "attachments": [{"id": 1, "description": "second"}]}
    files = [("a.png", b"one"), ("b.png", b"two")]
    _, made = await listening.call("POST", channel, told, files=files)
    assert [one.get("description") for one in made["attachments"]] == [None, "second"]
    path = f"{channel}/{made['id']}"
    _, changed = await listening.call("PATCH", path, {"embeds": [{"title": "new"}]})
    assert changed["content"] == "hi"
    assert changed["attachments"] == made["attachments"]
    kept = {"attachments": [{"id": made["attachments"][1]["id"]}, {"id": 0}]}
    _, changed = await listening.call("PATCH", path, kept, files=[("c.png", b"three")])
    assert [one["filename"] for one in changed["attachments"]] == ["b.png", "c.png"]


async def test_embeds_show_attachments_and_a_lost_one_is_noted(platform, listening, channel):
    shown = {"embeds": [{"image": {"url": "attachment://a.png"}}]}
    _, made = await listening.call("POST", channel, shown, files=[("a.png", b"x")])
    assert made["attachments"] == []
    assert made["embeds"][0]["image"]["url"].startswith(platform.url)
    _, lost = await listening.call("POST", channel, shown, files=[("b.png", b"x")])
    assert "image" not in lost["embeds"][0]
    assert ["not among the files" in one.message for one in platform.forgive()] == [True]


async def test_a_layout_shows_its_files_and_stays_a_layout(platform, listening, channel):
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}
    _, made = await listening.call("POST", channel, layout(gallery), files=[("a.png", b"x")])
    (item,) = made["components"][0]["items"]
    assert item["media"]["url"] == made["attachments"][0]["url"]
    _, body = await listening.call("PATCH", f"{channel}/{made['id']}", {"content": "hi"})
    assert codes(body["errors"], "content") == [LEGACY]
    assert len(platform.forgive()) == 1


async def test_only_ones_own_messages_are_changed(platform, listening):
    guild = platform.guild(bot_permissions=1 << 10 | 1 << 11)
    said = platform.message(platform.user("ada"), guild, "hi")
    path = f"/channels/{guild.channel.id}/messages/{said.id}"
    assert (await listening.call("PATCH", path, {"content": "x"}))[1]["code"] == 50005
    assert (await listening.call("DELETE", path))[1]["code"] == 50013
    guild.bot_permissions |= 1 << 13
    assert (await listening.call("DELETE", path))[0] == 204
    assert said.deleted
    assert len(platform.forgive()) == 2


async def test_where_the_bot_may_not_write_it_is_told(platform, listening):
    ada, shy = platform.user("ada"), platform.user("shy", accepts_dms=False)
    mute = platform.guild(bot_permissions=1 << 10)
    strange = platform.guild(has_bot=False)
    found = []
    for place in (mute.channel, strange.channel, platform.group_dm(ada), shy.dm):
        answer = await listening.call("POST", f"/channels/{place.id}/messages", {"content": "x"})
        found.append(answer[1]["code"])
    assert found == [50013, 50001, 50001, 50007]
    assert [one.code for one in platform.forgive()] == [50013, 50001, 50001]
    _, dm = await listening.call("POST", "/users/@me/channels", {"recipient_id": ada.id})
    status, _ = await listening.call("POST", f"/channels/{dm['id']}/messages", {"content": "hi"})
    assert status == 200
    assert [one.content for one in ada.dm.messages.values()] == ["hi"]


async def test_embeds_files_and_replies_have_permissions_of_their_own(platform, listening):
    guild = platform.guild(bot_permissions=1 << 10 | 1 << 11)
    said = platform.message(platform.user("ada"), guild, "hi")
    path, found = f"/channels/{guild.channel.id}/messages", []
    reply = {"content": "x", "message_reference": {"message_id": said.id}}
    for message, files in (({"embeds": [{"title": "x"}]}, []), ({}, [("a", b"x")]), (reply, [])):
        _, body = await listening.call("POST", path, message, files=files)
        found.append(body["code"])
    assert found == [50013, 50013, 160002]
    assert len(platform.forgive()) == 3
    guild.bot_permissions |= 1 << 14 | 1 << 15 | 1 << 16
    for message, files in (({"embeds": [{"title": "x"}]}, []), ({}, [("a", b"x")]), (reply, [])):
        assert (await listening.call("POST", path, message, files=files))[0] == 200


async def test_a_body_that_is_no_json_is_refused(platform, listening, channel):
    url = f"{platform.api_url}{channel}"
    headers = {"Authorization": f"Bot {platform.token}"}
    for kind, code in (("application/json", 50109), ("text/plain", 50035)):
        told = headers | {"Content-Type": kind}
        async with listening.http.post(url, data=b"{", headers=told) as answer:
            assert (answer.status, (await answer.json())["code"]) == (400, code)
    assert len(platform.forgive()) == 2
