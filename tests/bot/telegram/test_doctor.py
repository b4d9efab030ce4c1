"""What `pixferry doctor` says of the bot and of Telegram, or of a Bot API server of one's own."""

from __future__ import annotations

import asyncio
import json

import pytest
import servers
from aiohttp import web
from loopback import web_server
from servers import free_port
from telegram_platform.bare_bot import bare_bot
from telegram_platform.stand_in import telegram_platform

from core.settings import Settings
from pixferry.doctor.telegram import check

HOOK = "https://pix.example.org/telegram/updates"
NOWHERE = "http://127.0.0.1:9/hook"  # where nothing listens


async def told(telegram, **settings) -> list[tuple[str, str]]:
    """Levels and sentences."""
    given = {"public_url": "https://pix.example.org"}
    if telegram is not None:
        given |= {"telegram_token": telegram.token, "telegram_api_url": telegram.url}
    found = await check(Settings(_env_file=None, **given | settings))
    said = [(str(one.level), f"{one.text} {one.advice}".strip()) for one in found]
    if telegram is not None:
        assert telegram.token.partition(":")[2] not in str(said)
    return said


def of_level(found, level) -> str:
    """The one sentence of that level."""
    (sentence,) = [said for how, said in found if how == level]
    return sentence


@pytest.fixture
async def telegram():
    async with telegram_platform() as platform:
        yield platform


async def test_a_bot_that_is_well(telegram):
    found = await told(telegram)
    assert {level for level, _ in found} == {"ok"}
    whole = " ".join(said for _, said in found)
    for words in (
        "lets the bot in as @pixferry_bot",
        "told of commands, mentions and replies to it (privacy mode is on)",
        "Inline mode is on",
        "asks Telegram for what happens (polling)",
        "up to 20 MB",
    ):
        assert words in whole
    telegram.privacy = telegram.inline_mode = False
    whole = " ".join(said for _, said in await told(telegram, telegram_local_mode=True))
    for words in ("every message (privacy mode is off)", "/setinline", "read from this disk"):
        assert words in whole
    assert not telegram.calls.keys() - {"getMe", "getWebhookInfo"}, "it changes nothing"


async def test_who_is_not_let_in(telegram):
    number, _, secret = telegram.token.partition(":")
    found = await told(telegram, telegram_token=f"{number}:{secret[::-1]}")
    assert "does not know it" in of_level(found, "wrong")
    assert secret[::-1] not in str(found)
    away = f"http://127.0.0.1:{free_port()}"
    found = await told(telegram, telegram_api_url=away)
    assert f"No Bot API answers at {away}." in of_level(found, "wrong")
    telegram.troubles.fail("getMe", status=502, times=1)
    assert "status 502" in of_level(await told(telegram), "warning")
    telegram.logged_out = True
    assert "moved to a Bot API server" in of_level(await told(telegram), "wrong")
    telegram.forgive()


async def test_what_is_no_bot_api_at_all(local_page):
    async with telegram_platform() as telegram:
        found = await told(telegram, telegram_api_url=local_page)
    assert f"No Bot API answers at {local_page}." in of_level(found, "wrong")


@pytest.fixture
async def local_page():
    async def page(_):
        return web.Response(text="<h1>It works!</h1>", content_type="text/html")

    async with web_server({"/{rest:.*}": page}) as url:
        yield url


async def test_how_the_bot_is_told_of_what_happens(telegram):
    def now(found):
        return of_level(found, "warning")

    found = await told(telegram, telegram_webhook_url=HOOK)
    assert f"does not know of {HOOK} yet" in now(found)
    async with bare_bot(telegram) as bare:
        await bare.call("setWebhook", url=HOOK)
        found = await told(telegram, telegram_webhook_url=HOOK)
        assert {level for level, _ in found} == {"ok"}
        assert f"Telegram delivers to {HOOK}." in str(found)
        # Another program's address may have its token in it.
        await bare.call("setWebhook", url="https://other.example/s3cret:path")
        for found in (
            await told(telegram),
            await told(telegram, telegram_webhook_url=HOOK),
        ):
            assert "another program has the same token" in now(found)
            assert "https://other.example" in now(found)
            assert "s3cret" not in str(found)
        # What can't be delivered is told, with why.
        await bare.call("setWebhook", url=NOWHERE)
        await telegram.user("ada").post(text="hello")
        updates = telegram.updates
        assert await updates.changed.until(lambda: updates.webhook.last_error, 20)
        found = await told(telegram, telegram_webhook_url=NOWHERE)
        assert "could not deliver lately: Connection refused" in now(found)
        await bare.call("deleteWebhook", drop_pending_updates=True)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/telegram",
        "/api",
        "/healthz",
        "/auth/x",
        "/AbCdEfGh12",
        "/static/x",
        "/compat/img.pro/x",
    ],
)
async def test_an_address_that_is_taken_is_told(telegram, path):
    url = f"https://pix.example.org{path}"
    found = await told(telegram, telegram_webhook_url=url)
    assert "this server has other things at /" in of_level(found, "wrong")


async def test_links_that_chats_can_not_reach_and_no_bot_at_all(telegram):
    found = await told(telegram, public_url="http://127.0.0.1:8080")
    assert "attaches pictures" in of_level(found, "warning")
    found = await told(None)
    assert found == [("ok", "PIXFERRY_TELEGRAM_TOKEN is not set: there is no Telegram bot.")]
    found = await told(None, telegram_webhook_url=HOOK)
    assert "there is no Telegram bot. Set the token" in of_level(found, "warning")


async def test_it_is_a_row_of_the_program(telegram, tmp_path):
    known = {"TELEGRAM_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url}
    env = servers.environment(tmp_path / "data", free_port(), WORKERS=1, **known)
    said = await asyncio.to_thread(servers.pixferry, "doctor", "--json", env=env, check=False)
    rows = [one for one in json.loads(said.stdout)["findings"] if one["subject"] == "Telegram"]
    assert "lets the bot in as @pixferry_bot" in rows[0]["text"]
    assert telegram.token.partition(":")[2] not in said.stdout + said.stderr
