"""Polling and webhooks over plain HTTP."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from telegram_platform.refusals import Complaint


async def test_updates_come_until_they_are_known(ada, bare):
    for number in range(3):
        await ada.post(text=f"number {number}")
    found = await bare.call("getUpdates", limit=2)
    assert [one["message"]["text"] for one in found] == ["number 0", "number 1"]
    assert found[1]["update_id"] == found[0]["update_id"] + 1
    assert (await bare.call("getUpdates", limit=2)) == found
    rest = await bare.call("getUpdates", offset=found[1]["update_id"] + 1)
    assert [one["message"]["text"] for one in rest] == ["number 2"]
    assert await bare.call("getUpdates", offset=rest[0]["update_id"] + 1) == []


async def test_a_long_poll_waits(ada, bare):
    waiting = asyncio.create_task(bare.call("getUpdates", timeout=30))
    while not bare.telegram.updates.polled:
        await asyncio.sleep(0)
    await ada.post(text="now")
    assert (await waiting)[0]["message"]["text"] == "now"
    assert (await bare.call("getUpdates", offset=-1, timeout=0))[0]["message"]["text"] == "now"


async def test_a_second_poller_ends_the_first(bare, platform):
    first = asyncio.create_task(bare.ask("getUpdates", timeout=30))
    while not platform.updates.polled:
        await asyncio.sleep(0)
    second = asyncio.create_task(bare.ask("getUpdates", timeout=30))
    status, body = await first
    assert (status, body["error_code"]) == (409, 409)
    assert "terminated by other getUpdates request" in body["description"]
    assert len(platform.forgive()) == 1
    second.cancel()


async def test_doubled_updates_have_one_number(ada, bare):
    await ada.post(text="twice", repeat=2)
    one, other = await bare.updates()
    assert one == other
    message = ada.sees()[-1]
    await ada.post(text="later")
    await bare.updates()
    ada.redeliver(message)
    assert await bare.call("getUpdates", offset=one["update_id"] + 2) == [one]
    assert await bare.call("getUpdates", offset=one["update_id"] + 2) == []


async def test_only_allowed_kinds_are_told(ada, bare):
    await bare.call("getUpdates", allowed_updates=["edited_message"])
    message = await ada.post(text="hello")
    ada.edit(message, "good day")
    (update,) = await bare.updates()
    assert update["edited_message"]["text"] == "good day"
    assert "edit_date" in update["edited_message"]


@pytest.fixture
async def server():
    """The bot's server: notes what it is sent, and answers as it is told."""
    seen, answers, now = [], [], {"in": 0, "most": 0}

    async def take(request):
        now["in"] += 1
        now["most"] = max(now["most"], now["in"])
        seen.append((await request.json(), request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        await asyncio.sleep(0.02)
        now["in"] -= 1
        return web.Response(status=answers.pop(0) if answers else 200)

    app = web.Application()
    app.router.add_post("/hook", take)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield url, seen, answers, now
    await runner.cleanup()


async def test_a_webhook_is_told_again_until_it_takes_it(ada, bare, server, platform):
    url, seen, answers, _ = server
    answers += [500, 302]
    await bare.call("setWebhook", url=url, secret_token="s-3_cret")
    await ada.post(text="hello")
    await platform.updates.changed.until(lambda: not platform.updates.pending, 30)
    assert len(seen) == 3
    assert len({body["update_id"] for body, _ in seen}) == 1
    assert {secret for _, secret in seen} == {"s-3_cret"}
    info = await bare.call("getWebhookInfo")
    assert (info["url"], info["pending_update_count"]) == (url, 0)
    assert info["last_error_message"] == "Wrong response from the webhook: 302 Found"
    said = await bare.refused("getUpdates")
    assert said.startswith("Conflict: can't use getUpdates method while webhook is active")
    await bare.call("deleteWebhook", drop_pending_updates=True)
    assert await bare.call("getUpdates") == []


async def test_a_webhook_is_told_of_so_many_at_once_and_of_each_chat_in_order(
    bare, server, platform
):
    url, seen, _, now = server
    people = [platform.user(f"user{number}") for number in range(6)]
    await bare.call("setWebhook", url=url, max_connections=3)
    for number in range(3):
        for person in people:
            await person.post(text=str(number))
    await platform.updates.changed.until(lambda: not platform.updates.pending, 30)
    assert 1 < now["most"] <= 3
    texts = {person.id: [] for person in people}
    for body, _ in seen:
        texts[body["message"]["from"]["id"]].append(body["message"]["text"])
    assert all(said == ["0", "1", "2"] for said in texts.values())


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "http://pix.example/hook"},
        {"url": "https://pix.example:8081/hook"},
        {"url": "https://pix/hook"},
        {"secret_token": "no spaces"},
        {"secret_token": "x" * 257},
        {"max_connections": 101},
        {"max_connections": 0},
    ],
)
async def test_wrong_webhooks(bare, wrong):
    assert await bare.refused("setWebhook", **{"url": "https://pix.example/hook"} | wrong)
    assert (await bare.call("getWebhookInfo"))["url"] == ""


async def test_tokens_methods_and_addresses(bare, platform):
    async def asked(method, token=None):
        status, body = await bare.ask(method, token=token)
        return status, body.get("description")

    assert (await bare.call("getMe"))["is_bot"] is True
    assert (await bare.call("GETME"))["username"] == "pixferry_bot"
    assert await asked("getMe", f"{platform.bot.id}:{'A' * 35}") == (401, "Unauthorized")
    assert await asked("getMe", "nonsense") == (404, "Not Found")
    assert platform.complaints == []
    assert await asked("getNothing") == (404, "Not Found: method not found")
    assert platform.forgive() == [Complaint("getnothing", 404, "Not Found: method not found")]
    async with bare.http.get(f"{platform.base_url}{platform.token}/getMe") as answer:
        assert (await answer.json())["ok"]
    async with bare.http.get(f"{platform.url}/elsewhere") as answer:
        assert answer.status == 404
    await bare.call("logOut")
    assert await bare.refused("getMe") == "Bad Request: Logged out"
    assert await bare.call("close") is True


async def test_parameters_as_query_form_or_json(ada, bare, platform):
    url = f"{platform.base_url}{platform.token}/sendMessage"
    markup = '{"inline_keyboard": [[{"text": "B", "callback_data": "b"}]]}'
    sent = {"chat_id": str(ada.id), "text": "x", "reply_markup": markup}
    for how in ({"params": sent}, {"data": sent}, {"json": sent}):
        async with bare.http.post(url, **how) as answer:
            assert (await answer.json())["ok"]
    assert [one.rows for one in ada.sees()] == [[["B"]]] * 3
    async with bare.http.post(
        url, data="{", headers={"Content-Type": "application/json"}
    ) as answer:
        assert answer.status == 400
    platform.forgive()
    for wrong in ({"chat_id": ""}, {"chat_id": 5}, {"chat_id": "@nobody"}, {"reply_markup": "{"}):
        assert await bare.refused("sendMessage", **sent | wrong)
