"""The Telegram bot as several processes behind nginx, which passes on what Telegram delivers."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import pictures
import servers
from deploy.edge import FILES, running_edge
from servers import free_port
from telegram_platform.stand_in import telegram_platform
from telegrams import links

PATH = "/telegram/updates"


@asynccontextmanager
async def processes(folder, telegram):
    """nginx before one `pixferry api` and two `pixferry telegram`; gives it and the three."""
    ports = [free_port() for _ in range(3)]
    async with AsyncExitStack() as stack:
        edge = await asyncio.to_thread(
            stack.enter_context, running_edge(ports[0], telegram=tuple(ports[1:]))
        )
        settings = {
            "TELEGRAM_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "TELEGRAM_WEBHOOK_URL": f"{edge.url}{PATH}",
            "PUBLIC_URL": edge.url,
            "TRUSTED_PROXIES": "127.0.0.1/32",
            "WORKERS": 1,
        }
        running = []
        for command, port in zip(("api", "telegram", "telegram"), ports, strict=True):
            server = await asyncio.to_thread(
                servers.start, folder, command=command, port=port, **settings
            )
            stack.callback(server.kill)
            running.append(server)
        yield edge, running


async def test_both_processes_work_as_one_and_a_killed_ones_work_is_the_others(tmp_path):
    async with (
        telegram_platform() as telegram,
        processes(tmp_path / "data", telegram) as (edge, (_, one, other)),
    ):
        ada = telegram.user("ada")
        # The pieces of an album come to both in turn, and it has one answer.
        files = [pictures.png(40, 30, seed) for seed in range(4)]
        await ada.send_album(files, kind="document", pause=0.1)
        await telegram.until(lambda: len(links(ada.sees()[-1])) == len(files))
        assert sum(bool(links(said)) for said in ada.sees()) == 1
        for server in (one, other):
            assert '"route": "/telegram/updates"' in server.log()
        # What came twice is answered once, whichever process it came to.
        photo = pictures.png(64, 48)
        reply = await ada.send_document(photo, "a.png", repeat=4)
        (link,) = links(reply)
        assert link.startswith(edge.url)
        async with aiohttp.ClientSession() as http, http.get(f"{link}.png") as answer:
            assert await answer.read() == photo
        assert sum(link in links(said) for said in ada.sees()) == 1
        # One is killed: the other has all.
        one.kill()
        for seed in range(5, 8):
            assert links(await ada.send_document(pictures.png(40, 30, seed), "b.png"))
        async with aiohttp.ClientSession() as http, http.post(f"{edge.url}{PATH}") as answer:
            assert answer.status == 403
        assert telegram.token.partition(":")[2] not in other.log() + edge.access_log()


def test_the_path_of_the_files_is_the_one_that_documents_name():
    said = (FILES.parents[1] / "docs" / "telegram.md").read_text()
    assert f"location = {PATH} {{" in (FILES / "telegram.conf").read_text()
    assert f"PIXFERRY_TELEGRAM_WEBHOOK_URL=https://pix.example{PATH}" in said
