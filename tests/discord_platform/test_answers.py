"""Answers to interactions: in time, once, and of the right kind."""

from __future__ import annotations

import asyncio

import pytest
from discord_platform.interactions import NotAnswered
from discord_platform.options import NotOffered

EPHEMERAL, LOADING = 64, 128
BUTTON = {"type": 2, "style": 1, "label": "Go", "custom_id": "go"}


async def test_the_answer_is_described_if_asked_for(platform, listening):
    ada = platform.user("ada")
    begun = await listening.begin(ada, guild=platform.guild())
    status, body = await listening.respond(
        begun, 4, {"content": "hi", "flags": EPHEMERAL}, query="?with_response=true"
    )
    assert status == 200
    assert body["interaction"]["response_message_ephemeral"] is True
    assert body["resource"]["message"]["content"] == "hi"
    reply = await begun.answer()
    assert (reply.content, reply.ephemeral) == ("hi", True)
    bare = await listening.begin(ada)
    assert await listening.respond(bare, 4, {"content": "hi"}) == (204, None)


async def test_an_answer_after_three_seconds_is_too_late(platform, listening):
    begun = await listening.begin(platform.user("ada"))
    begun.grow_older(seconds=3)
    status, body = await listening.respond(begun, 4, {"content": "hi"})
    assert (status, body["code"]) == (404, 10062)
    with pytest.raises(NotAnswered):
        await begun.answer()
    assert [one.code for one in platform.forgive()] == [10062]


async def test_a_second_answer_is_refused(platform, listening):
    ada = platform.user("ada")
    begun = await listening.begin(ada)
    await listening.respond(begun, 5)
    status, body = await listening.respond(begun, 4, {"content": "hi"})
    assert (status, body["code"]) == (400, 40060)
    assert [one.code for one in platform.forgive()] == [40060]
    doubled = await listening.begin(ada, repeat=2)
    await listening.respond(doubled, 5)
    assert (await listening.respond(doubled, 5))[1]["code"] == 40060
    assert not platform.complaints, "it was delivered twice"


async def test_a_token_is_good_for_fifteen_minutes(platform, listening):
    begun = await listening.begin(platform.user("ada"))
    await listening.respond(begun, 5)
    begun.grow_older(minutes=15)
    status, body = await listening.hook("PATCH", begun, "/messages/@original", {"content": "late"})
    assert (status, body["code"]) == (401, 50027)
    assert [one.code for one in platform.forgive()] == [50027]


async def test_an_unknown_interaction_is_not_answered(platform, listening):
    begun = await listening.begin(platform.user("ada"))
    begun.id = "1"
    path = f"/interactions/2/{begun.token}/callback"
    status, body = await listening.call("POST", path, {"type": 5})
    assert (status, body["code"]) == (404, 10062)


async def test_nothing_follows_before_the_first_response(platform, listening):
    begun = await listening.begin(platform.user("ada"))
    assert (await listening.hook("POST", begun, "", {"content": "hi"}))[1]["code"] == 10015
    original = await listening.hook("PATCH", begun, "/messages/@original", {"content": "hi"})
    assert original[1]["code"] == 10015
    assert len(platform.forgive()) == 2


async def test_a_deferred_answer_keeps_its_secrecy(platform, listening):
    ada = platform.user("ada")
    begun = await listening.begin(ada, guild=platform.guild())
    await listening.respond(begun, 5, {"flags": EPHEMERAL})
    assert begun.original.data["flags"] == EPHEMERAL | LOADING
    waiting = asyncio.create_task(begun.answer())
    await asyncio.sleep(0.05)
    assert not waiting.done(), "the bot is thinking"
    _, shown = await listening.hook("PATCH", begun, "/messages/@original", {"content": "done"})
    assert shown["flags"] == EPHEMERAL
    assert (await waiting).content == "done"
    path = f"/channels/{begun.channel.id}/messages/{shown['id']}"
    assert (await listening.call("GET", path))[0] == 404, "only its interaction reaches it"


async def test_the_first_follow_up_fills_what_was_deferred(platform, listening):
    begun = await listening.begin(platform.user("ada"))
    await listening.respond(begun, 5)
    _, first = await listening.hook("POST", begun, "?wait=true", {"content": "one"})
    _, second = await listening.hook("POST", begun, "?wait=true", {"content": "two"})
    assert first["id"] == begun.original.id != second["id"]
    _, changed = await listening.hook("PATCH", begun, f"/messages/{second['id']}", {"content": "2"})
    assert [begun.original.content, begun.followups[0].content] == ["one", changed["content"]]
    _, read = await listening.hook("GET", begun, f"/messages/{second['id']}")
    assert read == changed
    assert await listening.hook("DELETE", begun, f"/messages/{second['id']}") == (204, None)
    assert begun.followups[0].deleted
    assert (await listening.hook("GET", begun, f"/messages/{second['id']}"))[0] == 404


async def test_five_follow_ups_where_only_users_installed_it(platform, listening):
    ada, guild = platform.user("ada"), platform.guild(has_bot=False)
    begun = await listening.begin(ada, guild=guild)
    assert begun.owners == {"1": ada.id}
    await listening.respond(begun, 4, {"content": "hi"})
    found = [(await listening.hook("POST", begun, "", {"content": "more"}))[0] for _ in range(6)]
    assert found == [200] * 5 + [400]
    assert [one.code for one in platform.forgive()] == [40094]


KINDS = {"a command": [6, 7, 8], "a button": [8], "typing": [4, 5, 6, 7, 9]}


@pytest.mark.parametrize("what", KINDS)
async def test_each_kind_of_interaction_has_its_kinds_of_answers(platform, listening, what):
    ada = platform.user("ada")
    if what == "typing":
        option = {"type": 3, "name": "word", "description": "A word", "autocomplete": True}
        await listening.register({"name": "do", "description": "It", "options": [option]})
        task = asyncio.create_task(ada.autocomplete("do", "word", "w"))
        event = await listening.event("INTERACTION_CREATE")
        assert event["data"]["options"][0]["focused"] is True
    elif what == "a button":
        begun = await listening.begin(ada)
        row = {"type": 1, "components": [BUTTON]}
        await listening.respond(begun, 4, {"content": "hi", "components": [row]})
        task = asyncio.create_task(ada.press(begun.original, "Go"))
        event = await listening.event("INTERACTION_CREATE")
        assert event["message"]["content"] == "hi"
    else:
        task = asyncio.create_task(ada.command("do"))
        event = await listening.event("INTERACTION_CREATE")
    begun = platform.interactions[event["token"]]
    for kind in KINDS[what]:
        status, body = await listening.respond(begun, kind, {"content": "hi"})
        assert status == 400
        assert body["errors"]["type"]["_errors"][0]["code"] == "BASE_TYPE_CHOICES"
    assert len(platform.forgive()) == len(KINDS[what])
    good = {"choices": []} if what == "typing" else {"content": "well"}
    assert (await listening.respond(begun, 8 if what == "typing" else 4, good))[0] == 204
    answer = await task
    assert answer == [] if what == "typing" else answer.content == "well"


async def test_a_button_changes_its_message_now_or_later(platform, listening):
    ada = platform.user("ada")
    begun = await listening.begin(ada)
    rows = [{"type": 1, "components": [BUTTON]}]
    await listening.respond(begun, 4, {"content": "hi", "components": rows})
    reply = await begun.answer()
    pressing = asyncio.create_task(ada.press(reply, "Go"))
    event = await listening.event("INTERACTION_CREATE")
    pressed = platform.interactions[event["token"]]
    await listening.respond(pressed, 6)
    await asyncio.sleep(0.02)
    assert not pressing.done()
    await listening.hook("PATCH", pressed, "/messages/@original", {"content": "later"})
    assert await pressing is reply
    assert reply.content == "later"
    pressing = asyncio.create_task(ada.press(reply, "Go"))
    event = await listening.event("INTERACTION_CREATE")
    pressed = platform.interactions[event["token"]]
    await listening.respond(pressed, 7, {"content": "now", "components": []})
    assert (await pressing).content == "now"
    with pytest.raises(NotOffered):
        await ada.press(reply, "Go")


async def test_a_button_may_be_answered_beside_its_message(platform, listening):
    ada = platform.user("ada")
    begun = await listening.begin(ada)
    rows = [{"type": 1, "components": [BUTTON]}]
    await listening.respond(begun, 4, {"content": "hi", "components": rows})
    pressing = asyncio.create_task(ada.press(begun.original, "Go"))
    event = await listening.event("INTERACTION_CREATE")
    pressed = platform.interactions[event["token"]]
    await listening.respond(pressed, 6)
    await listening.hook("POST", pressed, "", {"content": "no", "flags": EPHEMERAL})
    beside = await pressing
    assert (beside.content, beside.ephemeral) == ("no", True)
    assert begun.original.content == "hi"


async def test_a_promise_that_is_not_kept_is_told(platform, listening):
    begun = await listening.begin(platform.user("ada"))
    await listening.respond(begun, 5)
    with pytest.raises(NotAnswered, match="nothing came"):
        await begun.answer(0.1)


async def test_an_interaction_says_who_where_and_with_which_rights(platform, listening):
    guild, ada = platform.guild(locale="fr"), platform.user("ada", locale="de")
    guild.allow(ada, "manage_guild", "manage_messages")
    task = asyncio.create_task(ada.command("do", guild=guild))
    event = await listening.event("INTERACTION_CREATE")
    held = int(event["member"]["permissions"])
    assert held & (1 << 5 | 1 << 13) == 1 << 5 | 1 << 13
    assert not held & 1 << 3
    assert (event["locale"], event["guild_locale"]) == ("de", "fr")
    assert event["authorizing_integration_owners"] == {"0": guild.id}
    assert (event["context"], event["attachment_size_limit"]) == (0, 10 << 20)
    await listening.respond(platform.interactions[event["token"]], 4, {"content": "hi"})
    await task
    task = asyncio.create_task(ada.command("do", user_installed=True))
    event = await listening.event("INTERACTION_CREATE")
    assert event["authorizing_integration_owners"] == {"1": ada.id}
    assert (event["context"], event["user"]["id"]) == (1, ada.id)
    await listening.respond(platform.interactions[event["token"]], 4, {"content": "hi"})
    await task


async def test_commands_are_offered_where_and_to_whom_they_are_meant(platform, listening):
    guild, ada = platform.guild(), platform.user("ada")
    base = {"name": "do", "description": "It"}
    server = {"contexts": [0], "integration_types": [0]}
    await listening.register(base | server | {"default_member_permissions": "32"})
    with pytest.raises(NotOffered, match="context"):
        await ada.command("do")
    with pytest.raises(NotOffered, match="install"):
        await ada.command("do", guild=guild, user_installed=True)
    with pytest.raises(NotOffered, match="permissions"):
        await ada.command("do", guild=guild)
    guild.allow(ada, "manage_guild")
    begun = await listening.begin(ada, guild=guild)
    await listening.respond(begun, 4, {"content": "hi"})
    await listening.register(base, guild=guild)
    begun = await listening.begin(platform.user("bob"), guild=guild)
    await listening.respond(begun, 4, {"content": "hi"})
