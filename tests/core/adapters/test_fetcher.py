"""What comes back from real servers on loopback, the honest and the hostile."""

import asyncio
import gzip
import socket
import ssl
import subprocess
import time
import tracemalloc
from ipaddress import ip_network

import pytest
from aiohttp import web
from loopback import raw_server, watched_network, web_server
from servers import free_port

from core.adapters.fetcher import GuardedFetcher
from core.errors import (
    FetchFailed,
    FetchTimedOut,
    FileTooLarge,
    Unavailable,
    UnsupportedImage,
)

MB = 1 << 20
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
HOME = (ip_network("127.0.0.0/8"),)
FOR_EVER = 60.0  # seconds, against limits of less than one


def looks_like_png(head):
    return head.startswith(b"\x89PNG")


def new_fetcher(**options):
    options = {"allow": HOME, "connect_timeout": 5.0, "total_timeout": 20.0} | options
    return GuardedFetcher(looks_like_png, user_agent="Pixferry-Test/1", **options)


@pytest.fixture
async def fetcher():
    fetcher = new_fetcher()
    yield fetcher
    await fetcher.close()


def giving(body=PNG, status=200, **headers):
    async def handler(request):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, status=status, headers=named)

    return handler


def raw(*parts, pause=0.0):
    async def answer(head, writer):
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


def endless(first, part, pause=0.0):
    async def answer(head, writer):
        writer.write(first)
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return answer


async def failure_of(fetcher, url, target, max_bytes=MB):
    """The error, after making sure that no file is left."""
    with pytest.raises((FetchFailed, FileTooLarge, UnsupportedImage, Unavailable)) as caught:
        await fetcher.fetch(url, target, max_bytes)
    assert not target.exists()
    return caught.value


async def test_a_picture_is_fetched_with_its_name_and_size(fetcher, tmp_path):
    async with web_server({"/cat one.png": giving()}) as base:
        fetched = await fetcher.fetch(f"{base}/cat%20one.png?size=2#x", tmp_path / "f", MB)
    assert (fetched.path, fetched.size, fetched.name) == (tmp_path / "f", len(PNG), "cat one.png")
    assert (tmp_path / "f").read_bytes() == PNG


async def test_the_request_is_plain(fetcher, tmp_path):
    answer = raw(
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: %d\r\n\r\n" % len(PNG), PNG
    )
    async with raw_server(answer) as (base, heads):
        for _ in range(2):
            await fetcher.fetch(f"{base}/%7Ea//b/../%2e?q=%41+%20{{}}#frag", tmp_path / "f", MB)
        port = base.rpartition(":")[2]
    lines = heads[1].decode().split("\r\n")
    assert lines[0] == "GET /%7Ea//b/../%2e?q=%41+%20%7B%7D HTTP/1.1"
    sent = dict(line.split(": ", 1) for line in lines[1:] if line)
    assert sent == {
        "Host": f"127.0.0.1:{port}",
        "Accept": "image/*, */*;q=0.5",
        "Accept-Encoding": "identity",
        "User-Agent": "Pixferry-Test/1",
        "Connection": "close",
    }


async def test_the_declared_type_is_ignored(fetcher, tmp_path):
    async with web_server({"/a": giving(Content_Type="text/html")}) as base:
        assert (await fetcher.fetch(f"{base}/a", tmp_path / "f", MB)).size == len(PNG)


@pytest.mark.parametrize(
    "body",
    [b"<!doctype html><title>Hi</title>" * 900, b"<html>", b"", b"PK\x03\x04" + b"x" * 9_000],
)
async def test_what_is_no_image_is_refused_whatever_it_declares(fetcher, tmp_path, body):
    async with web_server({"/a.png": giving(body, Content_Type="image/png")}) as base:
        error = await failure_of(fetcher, f"{base}/a.png", tmp_path / "f")
    assert isinstance(error, UnsupportedImage)
    assert list(error.errors) == ["url"]


async def test_an_endless_page_is_left_after_its_first_bytes(fetcher, tmp_path):
    async with raw_server(endless(b"HTTP/1.1 200 OK\r\n\r\n", b"<p>" * 1_000)) as (base, _):
        error = await failure_of(fetcher, base, tmp_path / "f")
    assert isinstance(error, UnsupportedImage)  # and not that its time was up


@pytest.mark.parametrize(
    "status", [201, 204, 206, 300, 304, 400, 401, 403, 404, 410, 429, 500, 503]
)
async def test_any_status_but_200_is_a_failure_that_names_it(fetcher, tmp_path, status):
    async with web_server({"/a": giving(b"" if status in {204, 304} else PNG, status)}) as base:
        error = await failure_of(fetcher, f"{base}/a", tmp_path / "f")
    assert type(error) is FetchFailed
    assert str(status) in error.public


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_and_the_last_address_names_the_file(
    fetcher, tmp_path, status
):
    routes = {
        "/": giving(b"x" * 100_000, status, Location="/one/two"),
        "/one/two": giving(b"", status, Location="../last.png?x"),
        "/last.png": giving(),
    }
    async with web_server(routes) as base:
        assert (await fetcher.fetch(base, tmp_path / "f", MB)).name == "last.png"


async def test_a_redirect_may_lead_to_another_server(fetcher, tmp_path):
    async def away(request):
        raise web.HTTPFound(f"{other}/b.png")

    async with web_server({"/b.png": giving()}) as other, web_server({"/a": away}) as base:
        assert (await fetcher.fetch(f"{base}/a", tmp_path / "f", MB)).name == "b.png"


async def test_five_redirects_are_followed_and_six_are_not(fetcher, tmp_path):
    seen = []

    async def hop(request):
        number = int(request.query["n"])
        seen.append(number)
        if number:
            raise web.HTTPFound(f"/hop?n={number - 1}")
        return web.Response(body=PNG)

    async with web_server({"/hop": hop}) as base:
        assert (await fetcher.fetch(f"{base}/hop?n=5", tmp_path / "f", MB)).size == len(PNG)
        seen.clear()
        error = await failure_of(fetcher, f"{base}/hop?n=6", tmp_path / "g")
    assert type(error) is FetchFailed
    assert "redirects" in error.public
    assert seen == [6, 5, 4, 3, 2, 1]


async def test_a_loop_of_redirects_ends_by_their_count(fetcher, tmp_path):
    async with raw_server(
        raw(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")
    ) as (base, heads):
        error = await failure_of(fetcher, base, tmp_path / "f")
    assert "redirects" in error.public
    assert len(heads) == 6


async def test_a_cookie_set_on_the_way_is_not_sent_on(tmp_path):
    async def lookup(host, port):
        return ["127.0.0.1"]

    fetcher = new_fetcher(lookup=lookup)
    head = b"HTTP/1.1 302 Found\r\nLocation: /\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    async with raw_server(raw(head)) as (base, heads):
        await failure_of(fetcher, base.replace("127.0.0.1", "jar.example"), tmp_path / "f")
        await failure_of(fetcher, base, tmp_path / "f")
    await fetcher.close()
    assert len(heads) == 12
    assert not any(b"cookie" in head.lower() or b"referer" in head.lower() for head in heads)


async def test_a_redirect_to_nowhere_is_a_failure(fetcher, tmp_path):
    async with web_server({"/a": giving(b"", 302)}) as base:
        assert type(await failure_of(fetcher, f"{base}/a", tmp_path / "f")) is FetchFailed


async def test_an_announced_size_over_the_limit_is_refused_before_the_body(fetcher, tmp_path):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MB + 1)
    async with raw_server(raw(head, pause=FOR_EVER)) as (base, _):
        error = await failure_of(fetcher, base, tmp_path / "f")
    assert isinstance(error, FileTooLarge)  # and not that its time was up
    assert list(error.errors) == ["url"]


async def test_a_body_of_exactly_the_limit_is_taken(fetcher, tmp_path):
    async with web_server({"/a": giving()}) as base:
        assert (await fetcher.fetch(f"{base}/a", tmp_path / "f", len(PNG))).size == len(PNG)
        assert isinstance(
            await failure_of(fetcher, f"{base}/a", tmp_path / "g", len(PNG) - 1), FileTooLarge
        )


async def test_an_endless_body_stops_at_the_limit_with_flat_memory(tmp_path):
    fetcher = new_fetcher(total_timeout=30)
    answer = endless(b"HTTP/1.1 200 OK\r\n\r\n" + PNG, b"x" * 65_536)
    async with raw_server(answer) as (base, _):
        tracemalloc.start()
        try:
            error = await failure_of(fetcher, base, tmp_path / "f", 40 * MB)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert isinstance(error, FileTooLarge)
    assert peak < 8 * MB  # 3.4 to 4.4 MB for 4 to 300 MB, the server's part included
    await fetcher.close()


async def test_a_chunked_body_is_counted_as_it_comes(fetcher, tmp_path):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"%x\r\n%s\r\n" % (len(PNG), PNG)
    async with raw_server(raw(head, chunk, chunk, b"0\r\n\r\n")) as (base, _):
        assert (await fetcher.fetch(base, tmp_path / "f", MB)).size == 2 * len(PNG)
        assert isinstance(
            await failure_of(fetcher, base, tmp_path / "g", 2 * len(PNG) - 1), FileTooLarge
        )


@pytest.mark.parametrize(
    "encoding", ["gzip", "GZIP", "deflate", "br", "zstd", "identity, gzip", "x-unknown"]
)
async def test_a_compressed_answer_is_refused_unread(fetcher, tmp_path, encoding):
    bomb = gzip.compress(PNG + bytes(20 * MB))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    async with raw_server(raw(head, bomb)) as (base, _):
        error = await failure_of(fetcher, base, tmp_path / "f")
    assert type(error) is FetchFailed
    assert "compresses" in error.public


async def test_a_bomb_that_hides_its_encoding_stays_packed(fetcher, tmp_path):
    bomb = gzip.compress(PNG + bytes(20 * MB))
    for header in (
        b"Transfer-Encoding: gzip, chunked",
        b"Content-Encoding:\r\nTransfer-Encoding: chunked",
    ):
        head = b"HTTP/1.1 200 OK\r\n%s\r\n\r\n" % header
        async with raw_server(raw(head, b"%x\r\n%s\r\n0\r\n\r\n" % (len(bomb), bomb))) as (base, _):
            error = await failure_of(fetcher, base, tmp_path / "f")
        assert isinstance(error, (UnsupportedImage, FetchFailed))


async def test_identity_named_is_no_encoding(fetcher, tmp_path):
    async with web_server({"/a": giving(Content_Encoding="identity")}) as base:
        assert (await fetcher.fetch(f"{base}/a", tmp_path / "f", MB)).size == len(PNG)


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "parts",
    [
        [b""],
        [b"HTTP/1.1 200"],
        [b"\x00\xff garbage\r\n\r\n"],
        [b"SSH-2.0-OpenSSH_9.6\r\n"],
        [b"+OK ready\r\n\r\n"],
        [b"HTTP/9.9 200 OK\r\n\r\n" + PNG],
        [b"HTTP/1.1 2000 OK\r\n\r\n" + PNG],
        [b"HTTP/1.1 -20 OK\r\n\r\n" + PNG],
        [OK + b"Content-Length: 20000\r\n\r\n" + PNG],
        [OK + b"Content-Length: -5\r\n\r\n" + PNG],
        [OK + b"Content-Length: many\r\n\r\n" + PNG],
        [OK + b"Content-Length: 99999999999999999999999999\r\n\r\n" + PNG],
        [OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n" + PNG],
        [OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n" + PNG],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n2800\r\n" + PNG],
        [OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n" + PNG],
        [
            OK
            + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(PNG)
            + PNG
            + b"\r\nffffffffffffffffffffff\r\nx"
        ],
        [OK + b"X: " + b"a" * 100_000 + b"\r\n\r\n" + PNG],
        [OK + b"X: a\r\n" * 50_000 + b"\r\n" + PNG],
        [OK + b"no colon here\r\n\r\n" + PNG],
        [OK + b": empty\r\n\r\n" + PNG],
        [
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
            + PNG
        ],
        [b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"],
    ],
)
async def test_broken_http_is_a_failure(fetcher, tmp_path, parts):
    async with raw_server(raw(*parts)) as (base, _):
        error = await failure_of(fetcher, base, tmp_path / "f", 100 * MB)
    assert isinstance(error, (FetchFailed, FileTooLarge))
    assert not isinstance(error, FetchTimedOut)


async def test_a_body_longer_than_announced_ends_where_it_was_announced(fetcher, tmp_path):
    head = OK + b"Content-Length: %d\r\n\r\n" % len(PNG)
    async with raw_server(raw(head + PNG + b"HTTP/1.1 200 OK\r\n\r\nmore")) as (base, _):
        assert (await fetcher.fetch(base, tmp_path / "f", MB)).size == len(PNG)


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"", pause=FOR_EVER),
        raw(b"HTTP/1.1 200 OK\r\nX: ", pause=FOR_EVER),
        endless(b"HTTP/1.1 200 OK\r\n", b"X: a\r\n", pause=0.05),
        endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", pause=0.02),
        raw(OK + b"Content-Length: 50000\r\n\r\n" + PNG, pause=FOR_EVER),
        endless(OK + b"\r\n" + PNG, b"x", pause=0.02),
        endless(OK + b"\r\n", b"\x89PNG", pause=0.02),
        endless(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", pause=0.02),
    ],
    ids=[
        "silence",
        "half headers",
        "header drip",
        "early hints",
        "stalled body",
        "drip",
        "drip of a head",
        "chunk drip",
    ],
)
async def test_slowness_ends_at_the_one_limit(tmp_path, answer):
    fetcher = new_fetcher(total_timeout=0.4)
    async with raw_server(answer) as (base, _), asyncio.timeout(FOR_EVER / 2):
        started = time.monotonic()
        error = await failure_of(fetcher, base, tmp_path / "f")
        assert time.monotonic() - started > 0.3
    assert type(error) is FetchTimedOut
    await fetcher.close()


async def test_the_limit_covers_all_hops_together(tmp_path):
    async def slow(request):
        await asyncio.sleep(0.2)
        raise web.HTTPFound("/")

    fetcher = new_fetcher(total_timeout=0.5)
    async with web_server({"/": slow}) as base:
        # Else their count would end it.
        assert type(await failure_of(fetcher, base, tmp_path / "f")) is FetchTimedOut
    await fetcher.close()


class Filtered:
    """A port that swallows what knocks: its queue is full and nobody accepts."""

    def __enter__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.fillers = []
        for _ in range(4):
            filler = socket.socket()
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", self.port))
            self.fillers.append(filler)
        return self

    def __exit__(self, *_):
        for opened in (*self.fillers, self.listener):
            opened.close()


async def test_closed_filtered_and_unknown_are_told_in_the_very_same_words(tmp_path):
    async def lookup(host, port):
        if host == "hung.example":
            await asyncio.sleep(FOR_EVER)
        if host == "nobody.example":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if host == "empty.example":
            return []
        return ["127.0.0.1", "127.0.0.2"]

    fetcher = new_fetcher(lookup=lookup, connect_timeout=0.3)
    impatient = new_fetcher(lookup=lookup, total_timeout=1)
    with Filtered() as filtered:
        closed, quiet = free_port(), filtered.port
        errors = [
            await failure_of(fetcher, f"http://127.0.0.1:{closed}/", tmp_path / "f"),
            await failure_of(fetcher, f"https://127.0.0.1:{closed}/", tmp_path / "f"),
            await failure_of(fetcher, f"http://127.0.0.1:{quiet}/", tmp_path / "f"),
            await failure_of(fetcher, f"https://127.0.0.1:{quiet}/", tmp_path / "f"),
            await failure_of(fetcher, f"http://two.example:{closed}/", tmp_path / "f"),
            await failure_of(fetcher, "http://nobody.example/", tmp_path / "f"),
            await failure_of(fetcher, "http://empty.example/", tmp_path / "f"),
            await failure_of(fetcher, "http://hung.example/", tmp_path / "f"),
            # All its time gone while still connecting:
            await failure_of(impatient, f"http://127.0.0.1:{quiet}/", tmp_path / "f"),
        ]
        redirect = giving(b"", 302, Location=f"http://127.0.0.1:{quiet}/")
        async with web_server({"/": redirect}) as base:
            errors += [
                await failure_of(fetcher, base, tmp_path / "f"),
                await failure_of(impatient, base, tmp_path / "f"),
            ]
    assert {(type(error), error.public, str(error.data)) for error in errors} == {
        (FetchFailed, "The address could not be reached.", "{}")
    }
    await fetcher.close()
    await impatient.close()


async def test_connecting_has_a_limit_of_its_own(tmp_path):
    fetcher = new_fetcher(connect_timeout=0.3, total_timeout=FOR_EVER)
    with Filtered() as filtered:
        async with asyncio.timeout(FOR_EVER / 2):
            started = time.monotonic()
            await failure_of(fetcher, f"http://127.0.0.1:{filtered.port}/", tmp_path / "f")
            assert time.monotonic() - started > 0.25
    await fetcher.close()


@pytest.fixture(scope="module")
def tls_server_side(tmp_path_factory):
    """A context with a fresh self-signed certificate for 127.0.0.1, and the certificate."""
    folder = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2"
    subject = ["-subj", "/CN=loopback", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command.split(), *subject], cwd=folder, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, folder / "cert.pem"


async def test_a_certificate_that_nobody_vouches_for_is_a_failure(
    fetcher, tmp_path, tls_server_side
):
    async with web_server({"/a": giving()}, tls_server_side[0]) as base:
        error = await failure_of(fetcher, f"{base}/a", tmp_path / "f")
    assert type(error) is FetchFailed
    assert "certificate" in error.public


async def test_a_certificate_that_the_machine_trusts_is_fine_for_its_own_name_alone(
    monkeypatch, tmp_path, tls_server_side
):
    async def lookup(host, port):
        return ["127.0.0.1"]

    monkeypatch.setenv("SSL_CERT_FILE", str(tls_server_side[1]))
    fetcher = new_fetcher(lookup=lookup)
    async with web_server({"/a": giving()}, tls_server_side[0]) as base:
        assert (await fetcher.fetch(f"{base}/a", tmp_path / "f", MB)).size == len(PNG)
        other = base.replace("127.0.0.1", "other.example")
        assert "certificate" in (await failure_of(fetcher, f"{other}/a", tmp_path / "g")).public
    await fetcher.close()


async def test_https_to_a_plain_server_is_a_failure(fetcher, tmp_path):
    async with web_server({"/a": giving()}) as base:
        error = await failure_of(fetcher, f"{base.replace('http', 'https')}/a", tmp_path / "f")
    assert type(error) is FetchFailed


async def test_a_cancelled_fetch_leaves_no_file_and_no_connection(fetcher, tmp_path):
    gone = asyncio.Event()

    async def answer(head, writer):
        writer.write(OK + b"\r\n" + PNG + bytes(MB))
        await writer.drain()
        await writer.wait_closed()
        gone.set()

    async with raw_server(answer) as (base, heads):
        task = asyncio.create_task(fetcher.fetch(base, tmp_path / "f", 100 * MB))
        while not (tmp_path / "f").exists():
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not (tmp_path / "f").exists()
        assert len(heads) == 1


async def test_one_more_than_may_run_is_told_to_wait(tmp_path):
    fetcher = new_fetcher(max_fetches=2, total_timeout=FOR_EVER)
    enough = asyncio.Event()

    async def hang_up(head, writer):
        await enough.wait()

    async with raw_server(hang_up) as (base, heads):
        tasks = [
            asyncio.create_task(failure_of(fetcher, base, tmp_path / f"{n}")) for n in range(2)
        ]
        while len(heads) < 2:
            await asyncio.sleep(0.01)
        error = await failure_of(fetcher, base, tmp_path / "more")
        assert type(error) is Unavailable
        assert error.data["seconds"] > 0
        assert len(heads) == 2
        enough.set()
        await asyncio.gather(*tasks)
    async with web_server({"/a": giving()}) as base:
        assert (await fetcher.fetch(f"{base}/a", tmp_path / "f", MB)).size == len(PNG)
    await fetcher.close()


async def test_closing_breaks_off_what_runs_and_takes_no_more(tmp_path):
    fetcher = new_fetcher(total_timeout=30)
    async with raw_server(endless(OK + b"\r\n" + PNG, b"x", pause=0.02)) as (base, heads):
        task = asyncio.create_task(failure_of(fetcher, base, tmp_path / "f"))
        while not heads:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        await fetcher.close()
        assert type(await task) is Unavailable
        assert type(await failure_of(fetcher, base, tmp_path / "g")) is Unavailable
        assert len(heads) == 1


async def test_proxies_of_the_environment_are_not_asked(monkeypatch, fetcher, tmp_path):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with web_server({"/a": giving()}) as base:
        with watched_network() as seen:
            assert (await fetcher.fetch(f"{base}/a", tmp_path / "f", MB)).size == len(PNG)
    assert [address[1] for _, address in seen] == [int(base.rpartition(":")[2])]


async def test_fetches_run_side_by_side(tmp_path):
    came = asyncio.Barrier(8)

    async def answered_when_all_have_come(request):
        await came.wait()
        return web.Response(body=PNG)

    fetcher = new_fetcher(total_timeout=FOR_EVER)
    async with web_server({"/a": answered_when_all_have_come}) as base:
        async with asyncio.timeout(FOR_EVER):
            await asyncio.gather(
                *(fetcher.fetch(f"{base}/a", tmp_path / f"{n}", MB) for n in range(8))
            )
    await fetcher.close()
