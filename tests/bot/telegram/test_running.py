"""Starting and stopping the bot, with Telegram there and away; polling, and by webhook."""

from __future__ import annotations

import asyncio
import io
import json

import aiohttp
import pictures
import pytest
import servers
import wire
from chats import picture
from servers import free_port
from telegram_platform.files import File
from telegram_platform.stand_in import telegram_platform
from telegrams import PATH, SECRET_HEADER, links, program, settings_of, variables_of

from bot.telegram.running import chatting
from core.setting_types import SettingsInvalid


async def post(url, body=b"{}", **headers):
    async with (
        aiohttp.ClientSession() as http,
        http.post(url, data=body, headers={"Content-Type": "application/json"} | headers) as answer,
    ):
        return answer.status


# The start


async def test_a_wrong_token_stops_the_start_with_a_sentence_that_does_not_show_it(local):
    async with telegram_platform() as telegram:
        number, _, secret = telegram.token.partition(":")
        wrong = settings_of(telegram, telegram_token=f"{number}:{secret[::-1]}")
        async with local(**wrong) as server:
            with pytest.raises(SettingsInvalid, match="PIXFERRY_TELEGRAM_TOKEN") as refused:
                async with chatting(server.core):
                    pass
        assert secret[::-1] not in str(refused.value)
        telegram.forgive()


async def test_with_telegram_away_the_server_starts_and_the_bot_comes_when_it_can(local):
    async with telegram_platform() as telegram:
        telegram.troubles.fail("getMe", status=502, times=1)
        async with local(**settings_of(telegram)) as server, chatting(server.core):
            assert (await server.call("GET", "/healthz"))[0] == 200
            assert "/upload" in (await telegram.user("ada").send("/help")).text


async def test_a_bot_that_never_got_through_stops_at_once(local):
    away = f"http://127.0.0.1:{free_port()}"
    told = {"telegram_token": f"1:{'x' * 35}", "telegram_api_url": away}
    async with local(**told) as server, asyncio.timeout(20), chatting(server.core) as connection:
        assert not connection.done()


async def test_a_webhook_that_can_not_be_stops_the_start(tmp_path):
    async with telegram_platform() as telegram:

        async def refused(command, url, **changes):
            told = variables_of(telegram, telegram_webhook_url=url) | changes
            env = servers.environment(tmp_path / "data", free_port(), **told)
            ended = await asyncio.to_thread(servers.pixferry, command, env=env, check=False)
            assert ended.returncode == 1
            assert "Traceback" not in ended.stderr, ended.stderr
            return ended.stderr.partition("Error: ")[2]

        url = "http://pix.example/telegram/updates"  # without TLS, and on no server's own machine
        told = await refused("up", url)
        assert told.startswith(f"PIXFERRY_TELEGRAM_WEBHOOK_URL is {url}: Telegram does not take it")
        assert "an https url must be provided" in told.lower()
        told = await refused("telegram", "http://127.0.0.1:8080/v1/telegram")
        assert "this server has other things at /v1" in told
        told = await refused("telegram", url, TELEGRAM_TOKEN="")
        assert told == "PIXFERRY_TELEGRAM_TOKEN is not set: see docs/telegram.md.\n"
        telegram.forgive()


# Polling


async def test_the_program_finishes_what_was_asked_and_buttons_work_after_it(tmp_path):
    async with telegram_platform() as telegram:
        ada = telegram.user("ada")
        async with program(tmp_path / "data", telegram, LOG_LEVEL="debug") as server:
            greeting = server.log_file.with_suffix(".out").read_text()
            assert "Bots: Telegram" in greeting
            reply = await ada.send_document(pictures.jpeg(64, 48), "a.jpg")
            asked = await ada.post(document=pictures.jpeg(640, 480))
            polled = telegram.updates.polled
            assert await telegram.updates.changed.until(
                lambda: telegram.updates.polled > polled, 20
            )
        # Answered before it ended, or when it is back: not lost.
        async with program(tmp_path / "data", telegram, port=server.port) as server:
            answer = await telegram.answer_to(asked)
            assert links(answer)[0].startswith(server.url)
            await ada.tap(reply, "Details")
            assert "64 × 48" in ada.sees()[-1].text
        assert telegram.token.partition(":")[2] not in server.log()


# By webhook


@pytest.fixture
def hook():
    """A port, and the address there that Telegram delivers to."""
    port = free_port()
    return port, f"http://127.0.0.1:{port}{PATH}"


async def test_telegram_delivers_to_the_servers_own_port(tmp_path, hook):
    port, url = hook
    async with telegram_platform() as telegram:
        ada = telegram.user("ada")
        settings = {"TELEGRAM_WEBHOOK_URL": url}
        async with program(tmp_path / "data", telegram, port=port, **settings) as server:
            photo = pictures.png(64, 48)
            (link,) = links(await ada.send_document(photo, "a.png", repeat=2))
            assert link.startswith(server.url)
            assert telegram.updates.webhook.told >= 2
            assert not telegram.calls["getUpdates"]
            # Who does not know the secret is told nothing, and nothing is made of what they say.
            for headers in ({}, {SECRET_HEADER: ""}, {SECRET_HEADER: "x" * 64}):
                assert await post(url, json.dumps({"update_id": 1}).encode(), **headers) == 403
            no_text = wire.request_head("POST", PATH, {SECRET_HEADER: "\udcff"})
            assert (await asyncio.to_thread(wire.raw, port, no_text)).status == 403
            secret = {SECRET_HEADER: telegram.updates.webhook.secret}
            assert len(telegram.updates.webhook.secret) >= 32
            assert telegram.updates.webhook.secret not in telegram.token
            for body in (b"", b"[]", b"{", b'"x"', b"\xff", b"null"):
                assert await post(url, body, **secret) == 400
            assert await post(url, io.BytesIO(b" " * (2 << 20)), **secret) == 413
            assert server.get(PATH).status_code == 405
            assert server.get("/").status_code == 200
            log = server.log()
            assert telegram.updates.webhook.secret not in log
            assert telegram.token.partition(":")[2] not in log
            assert '"fault' not in log
        # While nobody is there it waits at Telegram.
        asked = await ada.post(document=pictures.png(40, 30))
        async with program(tmp_path / "data", telegram, port=port, **settings):
            assert links(await telegram.answer_to(asked))
        # Without the setting the bot asks again.
        async with program(tmp_path / "data", telegram, port=port):
            assert "/upload" in (await ada.send("/help")).text
            assert telegram.updates.webhook is None


async def test_a_process_for_telegram_alone_answers_that_and_nothing_else(tmp_path, hook):
    port, url = hook
    async with telegram_platform() as telegram:
        ada = telegram.user("ada")
        settings = {"TELEGRAM_WEBHOOK_URL": url, "PUBLIC_URL": "http://127.0.0.1:8080"}
        async with program(
            tmp_path / "data", telegram, command="telegram", port=port, **settings
        ) as server:
            assert server.get("/healthz").json() == {"status": "ok"}
            link = links(await ada.send_document(pictures.png(64, 48), "a.png"))[0]
            path = link.removeprefix("http://127.0.0.1:8080")
            for elsewhere in ("/", "/v1/usage", "/metrics", "/readyz", path, f"{path}.png"):
                answer = server.get(elsewhere)
                assert answer.status_code == 404, elsewhere
                assert answer.headers["Server"] == "Pixferry"
            assert await post(url) == 403
        said = server.log_file.with_suffix(".out").read_text()
        assert f"port {port}" in said
        assert "On Telegram." in said
        assert "answered first" in said


# A Bot API server of one's own


async def test_with_a_server_of_ones_own_large_files_come_from_its_folder(local, tmp_path):
    folder = tmp_path / "telegram-bot-api"
    async with telegram_platform(local=folder) as telegram:
        told = settings_of(telegram, telegram_local_mode=True)
        async with local(**told) as server, chatting(server.core):
            ada = telegram.user("ada")
            photo = pictures.png(64, 48)
            large = File(photo, "large.png", claims_size=30 << 20)
            (link,) = links(await ada.send_document(large))
            assert await picture(server, link) == photo
            assert not telegram.files.fetches, "nothing is downloaded"
            # What does not lie as such a server lays it out is not read; people are told, without
            # where it is.
            (folder / telegram.token).rename(tmp_path / "elsewhere")
            (folder / telegram.token).symlink_to(tmp_path / "elsewhere")
            gone = await ada.send_document(photo, "gone.png")
            assert not links(gone)
            assert telegram.token not in gone.text
            assert "telegram-bot-api" not in gone.text
