"""Each guard alone, as if the others were not there."""

import socket
import threading
from ipaddress import ip_network

import pytest
from aiohttp import ClientConnectorError, ClientSession, TCPConnector
from loopback import raw_server, watched_network

from core.adapters.addresses import AddressRule
from core.adapters.fetch_guard import GuardedResolver, SocketGuard, SystemLookup, refuse_early
from core.adapters.fetch_url import parse_url
from core.errors import AddressRefused

RULE = AddressRule((), frozenset({80}))


def resolver_giving(*answers, rule=RULE):
    async def lookup(host, port):
        return answers

    return GuardedResolver(rule, lookup)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://[::ffff:8.8.8.8]/",
        "http://8.8.8.8:22/",
        "http://example.com:22/",
    ],
)
def test_the_text_alone_may_condemn(url):
    with pytest.raises(AddressRefused):
        refuse_early(RULE, parse_url(url))


def test_the_text_alone_lets_pass_what_only_the_lookup_can_tell():
    refuse_early(RULE, parse_url("http://8.8.8.8/"))
    refuse_early(RULE, parse_url("http://localhost/"))
    refuse_early(
        AddressRule((ip_network("10.0.0.0/8"),), frozenset()), parse_url("http://a.example:9000/")
    )


async def test_a_name_is_given_with_all_its_public_addresses():
    results = await resolver_giving("8.8.8.8", "2606:4700::1").resolve("dns.example", 80)
    assert [(r["hostname"], r["host"], r["port"], r["family"]) for r in results] == [
        ("dns.example", "8.8.8.8", 80, socket.AF_INET),
        ("dns.example", "2606:4700::1", 80, socket.AF_INET6),
    ]
    only = await resolver_giving("8.8.8.8", "2606:4700::1").resolve(
        "dns.example", 80, socket.AF_INET
    )
    assert [r["host"] for r in only] == ["8.8.8.8"]


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["8.8.8.8", "10.0.0.1"],
        ["10.0.0.1", "8.8.8.8"],
        ["8.8.8.8", "::1"],
        ["8.8.8.8", "::ffff:169.254.169.254"],
        ["2606:4700::1", "fe80::1%eth0"],
    ],
)
async def test_one_private_answer_spoils_the_name(answers):
    with pytest.raises(AddressRefused):
        await resolver_giving(*answers).resolve("mixed.example", 80, socket.AF_UNSPEC)


async def test_a_port_that_is_not_allowed_spoils_it_too():
    rule = AddressRule((ip_network("10.0.0.0/8"),), frozenset({80}))
    assert await resolver_giving("10.0.0.1", rule=rule).resolve("a.example", 9000, socket.AF_UNSPEC)
    with pytest.raises(AddressRefused):
        await resolver_giving("10.0.0.1", "8.8.8.8", rule=rule).resolve("a.example", 9000)


async def test_a_name_without_addresses_is_unreachable():
    with pytest.raises(OSError, match="no address"):
        await resolver_giving().resolve("empty.example", 80)


async def test_a_socket_is_not_even_made_for_a_literal_address():
    """aiohttp asks no resolver here, so this guard is the only one in the way."""
    guard = SocketGuard(RULE)

    async def answer(head, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with raw_server(answer) as (base, heads):
        async with ClientSession(connector=TCPConnector(socket_factory=guard)) as session:
            with watched_network() as seen, pytest.raises(ClientConnectorError):
                await session.get(base)
        assert guard.refused
        assert heads == []
        assert seen == []
        allowing = SocketGuard(AddressRule((ip_network("127.0.0.1"),), frozenset()))
        connector = TCPConnector(socket_factory=allowing)
        async with ClientSession(connector=connector) as session, session.get(base) as response:
            assert response.status == 200
    assert not allowing.refused


@pytest.mark.parametrize(
    "info",
    [
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", 80, 0, 0)),
        (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("fe80::1%1", 80, 0, 1)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 81)),
    ],
)
def test_the_socket_guard_sees_families_and_ports(info):
    guard = SocketGuard(RULE)
    with pytest.raises(OSError, match="not allowed"):
        guard(info)
    assert guard.refused


async def test_the_machines_lookup_runs_in_threads_of_its_own(monkeypatch):
    threads = []
    real = socket.getaddrinfo

    def noting(*args, **kwargs):
        threads.append(threading.current_thread().name)
        return real(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", noting)
    lookup = SystemLookup(2)
    assert {"127.0.0.1", "::1"} & set(await lookup("localhost", 80))
    with pytest.raises(OSError):
        await lookup("no-such-name.invalid", 80)
    lookup.close()
    assert all(name.startswith("import-dns") for name in threads)
    assert len(threads) == 2
