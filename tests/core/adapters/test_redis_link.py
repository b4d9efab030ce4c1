"""What becomes of rate limits and turns when Redis is not as it should be."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass

import pytest
from needs import need_program
from redis.asyncio import Redis
from servers import free_port
from services.daemon import running
from services.redis import PASSWORD, RedisServer
from structlog.testing import capture_logs

from core.adapters.flights_redis import RedisFlights
from core.adapters.limiter_redis import RedisLimiter
from core.adapters.redis_link import RedisLink
from core.errors import Unavailable
from core.setting_types import SettingsInvalid

BOUND = 30.0  # seconds; 200 that wait for one another would take longer
RECOVERY = 30  # seconds in which it must be found again


@asynccontextmanager
async def linked(url, *, opened=True):
    link = RedisLink(url)
    try:
        if opened:
            await link.open()
        yield link
    finally:
        await link.close()


async def command(url, *words):
    client = Redis.from_url(url)
    try:
        return await client.execute_command(*words)
    finally:
        await client.aclose()


async def reason(link) -> str:
    """The operator's sentence."""
    with pytest.raises(Unavailable) as caught:
        await link.check()
    assert PASSWORD not in caught.value.public
    assert "127.0.0.1" not in caught.value.public, "strangers need not know"
    assert "PIXFERRY_REDIS_URL" in caught.value.reason
    assert f":{PASSWORD}@" not in caught.value.reason
    return caught.value.reason


async def recovered(link):
    async with asyncio.timeout(RECOVERY):
        while True:
            try:
                return await link.check()
            except Unavailable:
                await asyncio.sleep(0.05)


async def assert_memory_does(link):
    """Limits hold, turns are taken, and nothing takes longer than it may."""
    limiter, flights = RedisLimiter(link), RedisFlights(link)
    began = time.monotonic()
    verdicts = await asyncio.gather(*(limiter.hit("3/hour;9/day", "me") for _ in range(200)))
    assert time.monotonic() - began < BOUND
    assert sum(each.allowed for each in verdicts) == 3
    began = time.monotonic()
    async with flights.turn("work", 10) as due:
        assert due
    assert time.monotonic() - began < BOUND


@contextmanager
def silence():
    """The address of somebody who takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"redis://:{PASSWORD}@127.0.0.1:{server.getsockname()[1]}/0"


@asynccontextmanager
async def impostor(says):
    """The address of somebody who says the same to everything, and a list of who asked."""
    came = []

    async def answer(reader, writer):
        came.append(writer)
        while await reader.read(1_000):
            writer.write(says)

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0", came
        for writer in came:
            writer.close()


@contextmanager
def black_hole():
    """An address to which packets go, and from which none come back."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        waiting = []
        for _ in range(4):  # they fill the queue, which nobody empties
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(server.getsockname())
            waiting.append(one)
        try:
            yield f"redis://:{PASSWORD}@127.0.0.1:{server.getsockname()[1]}/0"
        finally:
            for one in waiting:
                one.close()


@contextmanager
def nobody():
    yield f"redis://:{PASSWORD}@127.0.0.1:{free_port()}/0"


@contextmanager
def no_such_host():
    yield f"redis://:{PASSWORD}@no.such.host.invalid:6379/0"


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (silence, "does not answer"),
        (black_hole, "does not answer"),
        (nobody, "refuses connections: start it"),
        (no_such_host, "host's name"),
    ],
)
async def test_a_redis_out_of_reach_at_the_start_is_done_without(there, told):
    with there() as url, capture_logs() as logs:
        async with linked(url) as link:
            await assert_memory_does(link)
            with pytest.raises(Unavailable) as caught:
                await link.check()
    assert told in caught.value.reason
    assert "PIXFERRY_REDIS_URL" in caught.value.reason
    assert [(each["log_level"], each["reason"]) for each in logs] == [
        ("warning", caught.value.reason)
    ]
    assert PASSWORD not in str(logs)


@pytest.mark.parametrize("there", [silence, black_hole])
async def test_a_redis_that_says_nothing_more_is_done_without(there):
    """As above, but found out by those who ask first, many at once."""
    with there() as url, capture_logs() as logs:
        async with linked(url, opened=False) as link:
            await assert_memory_does(link)
    assert len(logs) == 1


async def test_while_it_is_away_nobody_asks_it():
    async with impostor(b"") as (url, came), linked(url) as link:
        limiter = RedisLimiter(link)
        until = time.monotonic() + 2.5
        while time.monotonic() < until:
            await limiter.hit("9/hour", "me")
            with pytest.raises(Unavailable):
                await link.check()
            await asyncio.sleep(0.001)
        assert 2 <= len(came) <= 4  # the first question, and a probe a second


async def test_a_frozen_redis_is_done_without_until_it_thaws(own_redis):
    with capture_logs() as logs:
        async with linked(own_redis.url) as link:
            limiter = RedisLimiter(link)
            for _ in range(2):
                assert (await limiter.hit("3/hour;9/day", "me")).allowed
            own_redis.freeze()
            try:
                await assert_memory_does(link)
                assert "does not answer" in await reason(link)
            finally:
                own_redis.thaw()
            await recovered(link)
            # What was counted before is counted still.
            assert [(await limiter.hit("3/hour;9/day", "me")).allowed for _ in range(2)][
                -1
            ] is False
    assert [each["log_level"] for each in logs] == ["warning", "info"]


async def test_a_redis_that_dies_is_done_without_until_it_is_started(own_redis):
    with capture_logs() as logs:
        async with linked(own_redis.url) as link:
            await RedisLimiter(link).hit("3/hour;9/day", "me")
            own_redis.kill()
            await assert_memory_does(link)
            assert "start it" in await reason(link)
            own_redis.start()
            await recovered(link)
            assert (await RedisLimiter(link).hit("3/hour;9/day", "me")).windows[0].remaining == 2
    assert [each["log_level"] for each in logs] == ["warning", "info"]


async def fill(url):
    await command(url, "CONFIG", "SET", "maxmemory", "1")


async def empty(url):
    await command(url, "CONFIG", "SET", "maxmemory", "0")


async def make_replica(url):
    await command(url, "REPLICAOF", "127.0.0.1", "1")


async def make_primary(url):
    await command(url, "REPLICAOF", "NO", "ONE")


async def forbid_scripts(url):
    await command(url, "ACL", "SETUSER", "default", "-eval", "-evalsha")


async def allow_scripts(url):
    await command(url, "ACL", "SETUSER", "default", "+@all")


async def change_password(url):
    await command(url, "CONFIG", "SET", "requirepass", "other")
    await command(url.replace(f":{PASSWORD}@", ":other@"), "CLIENT", "KILL", "TYPE", "normal")


async def change_password_back(url):
    await command(url.replace(f":{PASSWORD}@", ":other@"), "CONFIG", "SET", "requirepass", PASSWORD)


@pytest.mark.parametrize(
    ("spoil", "mend", "told"),
    [
        (fill, empty, "maxmemory"),
        (make_replica, make_primary, "read-only replica: name the primary"),
        (forbid_scripts, allow_scripts, "grant it"),
        (change_password, change_password_back, "refuses the user name or password"),
    ],
)
async def test_a_redis_that_refuses_is_done_without_until_it_is_mended(
    own_redis, spoil, mend, told
):
    with capture_logs() as logs:
        async with linked(own_redis.url) as link:
            await RedisLimiter(link).hit("9/hour", "me")
            await spoil(own_redis.url)
            await assert_memory_does(link)
            assert told in await reason(link)
            await mend(own_redis.url)
            await recovered(link)
            assert (await RedisLimiter(link).hit("9/hour", "me")).windows[0].remaining == 7
    assert [each["log_level"] for each in logs] == ["warning", "info"]


async def test_a_redis_that_still_loads_is_done_without_at_the_start():
    says = b"-LOADING Redis is loading the dataset in memory\r\n"
    async with impostor(says) as (url, _), linked(url) as link:
        await assert_memory_does(link)
        assert "still loading" in await reason(link)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ((f":{PASSWORD}@", ""), "wants a password"),
        ((f":{PASSWORD}@", ":wrong-one@"), "refuses the user name or password"),
        ((f":{PASSWORD}@", f"nobody:{PASSWORD}@"), "refuses the user name or password"),
        (("/0", "/99999"), "no database of that number"),
        (("/0", "/0?colour=red"), "colour"),
        (("/0", "/0?socket_timeout=soon"), "socket_timeout"),
    ],
)
async def test_an_address_that_is_wrong_stops_the_start(redis_server, change, told):
    with pytest.raises(SettingsInvalid, match=told) as caught:
        async with linked(redis_server.url.replace(*change)):
            pass
    assert "PIXFERRY_REDIS_URL" in str(caught.value)
    assert "wrong-one" not in str(caught.value)


async def test_a_password_where_none_is_set_stops_the_start(own_redis):
    await command(own_redis.url, "CONFIG", "SET", "requirepass", "")
    with pytest.raises(SettingsInvalid, match="leave it out of the address"):
        async with linked(own_redis.url):
            pass


@pytest.mark.parametrize(
    "says", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 mail ESMTP\r\n", b":x\r\n", b"\xff\r\n"]
)
async def test_what_is_no_redis_stops_the_start(says):
    async with impostor(says) as (url, _):
        with pytest.raises(SettingsInvalid, match="is no Redis"):
            async with linked(url):
                pass


@dataclass
class TlsRedis(RedisServer):
    """It speaks TLS alone."""

    def command(self):
        files = {f"tls-{name}": str(self.folder / file) for name, file in FILES.items()}
        options = {"port": "0", "tls-port": str(self.port), "tls-auth-clients": "no"} | files
        return [
            *super().command(),
            *(part for each in options.items() for part in (f"--{each[0]}", each[1])),
        ]


FILES = {"cert-file": "cert.pem", "key-file": "key.pem"}


@pytest.fixture
def tls_redis(tmp_path):
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x"]
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(
        [need_program("openssl"), *words, *names], cwd=tmp_path, check=True, capture_output=True
    )
    with running(TlsRedis(tmp_path, free_port())) as server:
        yield server


async def test_tls(tls_redis):
    url = tls_redis.url.replace("redis:", "rediss:")
    trusted = f"{url}?ssl_ca_certs={tls_redis.folder / 'cert.pem'}"
    async with linked(trusted) as link:
        await link.check()
        assert (await RedisLimiter(link).hit("9/hour", "me")).allowed
    with pytest.raises(SettingsInvalid, match="ssl_ca_certs"):
        async with linked(url):
            pass
    async with linked(tls_redis.url) as link:
        assert "begin the address with rediss://" in await reason(link)


async def test_tls_asked_of_a_redis_without(redis_server):
    async with linked(redis_server.url.replace("redis:", "rediss:")) as link:
        assert "it speaks TLS as rediss:// demands" in await reason(link)


async def test_what_is_kept_in_redis_begins_with_our_name_and_goes_by_itself(own_redis):
    async with linked(own_redis.url) as link:
        limiter, flights = RedisLimiter(link), RedisFlights(link)
        await limiter.hit("9/hour;6000/day", "me")
        async with flights.turn("work", 10, lasts=5):
            await limiter.hit("9/hour;6000/day", "me")
            client = Redis.from_url(own_redis.url, decode_responses=True)
            names = await client.keys("*")
            assert names
            assert all(name.startswith("pixferry:") for name in names)
            assert all([await client.pttl(name) > 0 for name in names])
        await client.aclose()
