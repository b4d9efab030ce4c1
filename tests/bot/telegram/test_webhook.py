"""What comes in by the webhook: whoever knows the secret may send anything, and Telegram twice."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pictures
import stored
from aiohttp import web
from pydantic import SecretStr
from servers import free_port
from telegram_platform.files import File
from telegram_platform.stand_in import telegram_platform
from telegrams import PATH, SECRET_HEADER, links, program

from bot.telegram import webhook
from bot.telegram.running import chatting
from bot.telegram.webhook import Webhook

DEEP = 20_000
USER = {"id": 7, "is_bot": False, "first_name": "Eve"}
MESSAGE = {"message_id": 1, "date": 1, "chat": {"id": 7, "type": "private"}, "from": USER}


def told(number, **message):
    return {"update_id": number, "message": MESSAGE | message}


NO_UPDATES = [
    b"[" * DEEP,
    b'{"update_id":1,"message":' + b'{"reply_to_message":' * DEEP + b"1" + b"}" * (DEEP + 1),
    json.dumps(told("x")).encode(),
    json.dumps(told(None)).encode(),
    json.dumps(told(2, date=10**20)).encode(),
    json.dumps(told(3, date="soon")).encode(),
    json.dumps({"update_id": 4, "message": [1]}).encode(),
    json.dumps({"message": MESSAGE}).encode(),
    "é".encode("utf-16-le"),
]
ODD = [
    told(11, text="\0 \ud800"),
    told(13, text="/upload " + "x" * 100_000),
    told(14, media_group_id="m" * 500, photo=[]),
    told(15, document={"file_id": "nothing", "file_unique_id": "n"}),
    told(10**30, text="/help"),
    {"update_id": 16},
    {"update_id": 17, "callback_query": {"id": "1", "from": USER, "chat_instance": "1"}},
    {"update_id": 18, "unheard_of": {"of": 1}},
]


class Posting:
    """Whoever brings updates to an address."""

    def __init__(self, http, url, secret) -> None:
        self.http, self.url, self.headers = http, url, {SECRET_HEADER: secret}

    async def post(self, body, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        told_ = {"Content-Type": "application/json"} | self.headers | headers
        async with self.http.post(self.url, data=data, headers=told_) as answer:
            return answer.status


async def test_what_is_no_update_is_refused_and_never_a_fault(tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}{PATH}"
    async with (
        telegram_platform() as telegram,
        program(tmp_path / "data", telegram, port=port, TELEGRAM_WEBHOOK_URL=url) as server,
        aiohttp.ClientSession() as http,
    ):
        eve = telegram.user("eve")
        assert "/upload" in (await eve.send("/help")).text
        posting = Posting(http, url, telegram.updates.webhook.secret)
        for body in NO_UPDATES:
            assert await posting.post(body) == 400, body[:80]
        charset = {"Content-Type": "application/json; charset=nonsense"}
        assert await posting.post(told(1), **charset) == 200
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            async with http.request(method, url, headers=posting.headers) as answer:
                assert answer.status == 405, method
        for body in ODD:
            assert await posting.post(body) == 200, str(body)[:80]
        assert "/upload" in (await eve.send("/help")).text
        telegram.forgive()  # of answers to people who are not there
        assert stored.rows(server.data_dir, "SELECT count(*) FROM media") == [(0,)]
        faults = [line for line in server.log().splitlines() if '"event": "fault"' in line]
        assert not faults, faults[0][-900:]


async def test_a_body_that_does_not_come_ends_in_time(local, monkeypatch):
    monkeypatch.setattr(webhook, "BODY_SECONDS", 0.3)
    async with telegram_platform() as telegram:
        told_ = {"telegram_token": telegram.token, "telegram_api_url": telegram.url}
        hook = Webhook("http://127.0.0.1/x", SecretStr(telegram.token))
        async with (
            local(**told_) as server,
            listening(hook.handle) as port,
            chatting(server.core, hook),
        ):
            secret = telegram.updates.webhook.secret
            head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{SECRET_HEADER}: {secret}\r\n"
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"{head}Content-Length: 50\r\n\r\n".encode() + b'{"upd')
            async with asyncio.timeout(20):
                assert b" 408 " in await reader.readline()
            writer.close()


@asynccontextmanager
async def listening(handle):
    """A port where that answers what is delivered."""
    app = web.Application()
    app.router.add_post(PATH, handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


@asynccontextmanager
async def spreading(ports):
    """An address of which each delivery goes to one process, the next one to another; again to all.

    As a proxy that gets no answer from one process asks another.
    """
    turn = 0
    async with aiohttp.ClientSession() as http:

        async def pass_on(request):
            nonlocal turn
            body, turn = await request.read(), turn + 1
            headers = {SECRET_HEADER: request.headers[SECRET_HEADER]}
            chosen = [ports[turn % len(ports)]] if turn % 3 else ports

            async def post(port):
                where = f"http://127.0.0.1:{port}{PATH}"
                async with http.post(where, data=body, headers=headers) as answer:
                    return answer.status

            statuses = await asyncio.gather(*map(post, chosen))
            return web.Response(status=max(statuses))

        async with listening(pass_on) as port:
            yield port


def answers(telegram, person):
    """The bot's messages with links."""
    return [one for one in person.sees() if one.sender == telegram.bot.id and links(one)]


async def test_processes_on_one_database_answer_each_update_once(tmp_path, backing):
    ports = [free_port(), free_port()]
    async with (
        telegram_platform() as telegram,
        spreading(ports) as spread,
        AsyncExitStack() as stack,
    ):
        hook = {"TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{spread}{PATH}"}
        hook["PUBLIC_URL"] = "https://pix.example"
        for command, port in zip(("up", "telegram"), ports, strict=True):
            await stack.enter_async_context(
                program(tmp_path / "data", telegram, command, port, **hook)
            )
        people = [telegram.user(f"person{number}") for number in range(4)]
        files = [File(pictures.png(40, 30, seed), f"{seed}.png") for seed in range(4)]
        for person in people:
            for file in files[:2]:
                await person.post(document=file, repeat=2)
            await person.post_album(files, kind="document", repeat=2, pause=0.05)
        for person in people:
            await telegram.until(lambda person=person: len(answers(telegram, person)) >= 3)
        sentinel = [await person.send("/usage") for person in people]
        for person, usage in zip(people, sentinel, strict=True):
            told_ = answers(telegram, person)
            assert sorted(len(links(one)) for one in told_) == [1, 1, 4]
            assert "6 of " in usage.text
