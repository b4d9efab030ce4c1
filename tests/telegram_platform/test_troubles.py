"""Limits and troubles, with the real library, and much at once."""

from __future__ import annotations

import asyncio

import pictures
import pytest
import telegram as library
from telegram_platform.small_bot import build, running_bot
from telegram_platform.stand_in import telegram_platform


@pytest.fixture
async def served(platform):
    async with running_bot(platform):
        yield platform


async def refused_after(bare, chat, most):
    """How many messages are taken, and the refusal."""
    for number in range(most):
        status, body = await bare.ask("sendMessage", chat_id=chat, text=str(number))
        if status == 429:
            return number, body
        assert status == 200
    return most, None


async def test_limits_of_a_chat_a_group_and_of_all(ada, bare, platform):
    floods = platform.floods
    assert (floods.overall, floods.chat, floods.group) == (30, 1, 20)
    floods.chat_burst, floods.chat = 5, 0.01  # so slow that time adds nothing
    sent, body = await refused_after(bare, ada.id, 30)
    wait = body["parameters"]["retry_after"]
    assert (sent, body["description"]) == (5, f"Too Many Requests: retry after {wait}")
    assert 1 <= wait <= 100
    group = platform.group("Cats", ada)
    floods.chat_burst, floods.group = 100, 3
    sent, body = await refused_after(bare, group.id, 30)
    assert sent in {3, 4}
    assert 1 <= body["parameters"]["retry_after"] <= 20
    floods.overall = 5
    floods.forget()
    people = [platform.user(f"user{number}").id for number in range(100)]
    answers = [await bare.ask("sendMessage", chat_id=one, text="x") for one in people]
    statuses = [status for status, _ in answers]
    assert statuses[:5] == [200] * 5
    assert floods.refused == 2 + statuses.count(429) > 2
    assert platform.complaints == []


async def test_the_library_waits_where_it_is_told_to(served):
    ada = served.user("ada")
    trouble = served.troubles.rate_limit("sendMessage", retry_after=1)
    assert (await ada.send("hello")).text == "hello"
    assert trouble.happened == 1


async def test_the_library_outlives_errors_of_polling(served):
    ada = served.user("ada")
    await ada.send("before")
    bad = [served.troubles.fail("getUpdates"), served.troubles.drop("getUpdates")]
    assert (await ada.send("between")).text == "between"
    assert (await ada.send("after")).text == "after"
    assert bad[0].happened == 1


async def test_an_answer_that_is_lost_is_done(ada, bare, platform):
    platform.troubles.drop_after("sendMessage")
    with pytest.raises(Exception, match="disconnected"):
        await bare.ask("sendMessage", chat_id=ada.id, text="x")
    assert [one.text for one in ada.sees()] == ["x"]
    platform.troubles.drop("sendMessage")
    with pytest.raises(Exception, match="disconnected"):
        await bare.ask("sendMessage", chat_id=ada.id, text="y")
    assert len(ada.sees()) == 1
    stalled = platform.troubles.stall("getMe", seconds=0.05)
    platform.troubles.fail("getMe", status=500)
    status, body = await bare.ask("getMe")
    assert (status, stalled.happened, body["description"]) == (500, 1, "Internal Server Error")


async def test_downloads_fail_as_networks_do(served):
    ada = served.user("ada")
    served.troubles.fail("file", status=502)
    message = await ada.post(photo=pictures.jpeg())
    await served.called.until(lambda: served.calls["getFile"], 30)
    with pytest.raises(AssertionError, match="did not react"):
        await served.answer_to(message, 0.3)


async def test_a_wrong_token_is_told(platform):
    app = build(platform, token=f"1:{'A' * 35}")
    with pytest.raises(library.error.InvalidToken):
        await app.initialize()
    for request in app.bot._request:  # which the library leaves open
        await request.shutdown()


async def test_a_thousand_updates():
    async with telegram_platform() as platform, running_bot(platform, limited=False):
        platform.floods.on = False
        platform.patience = 300
        people = [platform.user(f"user{number}") for number in range(100)]

        async def talk(person):
            for number in range(10):
                assert (await person.send(f"number {number}")).text == f"number {number}"

        await asyncio.gather(*map(talk, people))
        assert platform.calls["sendMessage"] == 1000
