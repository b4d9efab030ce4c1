"""Where attachments of chats are fetched from: the platforms, and nowhere else."""

from __future__ import annotations

import socket
import traceback

import pictures
import pytest
from aiohttp import web
from loopback import raw_server, watched_network, web_server
from servers import free_port

from core.choices import open_attachments
from core.errors import AddressRefused, CoreError, FetchFailed, FetchTimedOut
from core.settings import Settings

SECRET = "AAEhBOweik9ad2nrqYfyXzPA-fYIz_kBz5w"
TOKEN = f"1234567890:{SECRET}"
PNG = pictures.png()


def attachments(**settings):
    told = {"telegram_token": TOKEN, "bot_slots": 1} | settings
    return open_attachments(Settings(_env_file=None, **told))


async def refuse(fetcher, url, target):
    with watched_network() as seen, pytest.raises(AddressRefused) as caught:
        await fetcher.fetch(url, target, 1_000_000)
    assert not seen, "nobody is asked"
    assert not target.exists()
    assert SECRET not in str(caught.value)


async def test_telegrams_files_come_from_its_api_wherever_that_is(tmp_path):
    async def file(request):
        return web.Response(body=PNG)

    path = f"/behind/file/bot{TOKEN}/photos/file_0.png"
    async with web_server({path: file}) as url:
        fetcher = attachments(telegram_api_url=f"{url}/behind")
        fetched = await fetcher.fetch(f"{url}{path}", tmp_path / "file", 1_000_000)
        assert (fetched.path.read_bytes(), fetched.size, fetched.name) == (
            PNG,
            len(PNG),
            "file_0.png",
        )
        # The same host by another name, port or scheme is another place.
        port = url.rpartition(":")[2]
        for other in (
            f"http://localhost:{port}",
            f"http://127.0.0.1:{free_port()}",
            f"https://127.0.0.1:{port}",
            f"http://127.0.0.1:{port}@127.0.0.2",
            "https://api.telegram.org",
        ):
            await refuse(fetcher, f"{other}{path}", tmp_path / "other")
        await fetcher.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://api.telegram.org",
        "https://api.telegram.org:8443",
        "https://api.telegram.org.example.com",
        "https://telegram.org",
        "https://cdn4.telesco.pe",
        "https://t.me",
        "http://169.254.169.254",
        "http://127.0.0.1:8081",
        "https://cdn.discordapp.com:8443",
        "http://cdn.discordapp.com",
        "https://cdn.discordapp.com.example.com",
        "https://images-ext-1.discordapp.com",
        "https://pix.example",
    ],
)
async def test_other_hosts_are_refused_and_not_asked(tmp_path, url):
    fetcher = attachments()
    await refuse(fetcher, f"{url}/file/bot{TOKEN}/photos/file_0.jpg", tmp_path / "file")
    await fetcher.close()


@pytest.mark.parametrize(
    "host",
    ["cdn.discordapp.com", "media.discordapp.net", "images-ext-1.discordapp.net"],
)
async def test_discords_hosts_are_asked_as_they_are_for_everybody(tmp_path, monkeypatch, host):
    asked = []

    def lookup(name, port, **_):
        asked.append((name, port))
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    fetcher = attachments()
    with pytest.raises(FetchFailed):
        await fetcher.fetch(f"https://{host}/attachments/1/2/a.png?ex=1", tmp_path / "a", 1_000)
    await fetcher.close()
    assert asked == [(host, 443)]


async def failing(answer, tmp_path, **settings):
    async with raw_server(answer) as (url, _):
        fetcher = attachments(telegram_api_url=url, **settings)
        try:
            with pytest.raises(CoreError) as caught:
                path = f"{url}/file/bot{TOKEN}/photos/file_0.jpg"
                await fetcher.fetch(path, tmp_path / "file", 100_000)
        finally:
            await fetcher.close()
    return caught.value


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/elsewhere\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n\x89PNG\r\n\x1a\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ntext",
        b"no HTTP at all\r\n\r\n",
        b"",
    ],
)
async def test_no_failure_tells_the_address_which_has_the_token(tmp_path, answer):
    """Neither what people are told nor what a log would make of it."""

    async def give(head, writer):
        assert SECRET.encode() in head
        writer.write(answer)
        await writer.drain()

    err = await failing(give, tmp_path)
    assert SECRET not in "".join(traceback.format_exception(err))
    assert SECRET not in err.public
    assert SECRET not in repr(err)


async def test_a_file_that_does_not_come_tells_nothing_either(tmp_path):
    async def stall(head, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n\x89PNG")
        await writer.drain()
        await writer.wait_closed()

    err = await failing(stall, tmp_path, attachment_timeout=0.3)
    assert isinstance(err, FetchTimedOut)
    assert SECRET not in "".join(traceback.format_exception(err))
