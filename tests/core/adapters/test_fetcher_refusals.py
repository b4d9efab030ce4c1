"""Hostile addresses: all refused, nothing connected, and where the text tells, nothing looked up."""

import ipaddress
import re

import pytest
from loopback import raw_server, watched_network

from core.adapters.fetcher import GuardedFetcher
from core.errors import AddressRefused, FetchFailed
from core.networks import parse_allowed_networks

HOSTS = """
127.0.0.1 127.1 127.0.1 127.0.0.1. 127.000.000.001 127.0.0.01 0127.0.0.1 0177.0.0.1 0177.0.0.01
0177.0000.0000.0001 00000177.0.0.1 0x7f.0.0.1 0x7F.0x0.0x0.0x1 0x7f.1 0x7f000001 0X7F000001
0x0000000007f000001 017700000001 2130706433 02130706433 127.0x0.1 127.0.0x1 127.16777217
4294967296 4294967297 6425673729 0x17f000001 127.0.0.257 383.0.0.1 256.256.256.256
127.0.0.1.1 127.0.0.0x 1.2.3.0x7f 0 0. 0x0 0x 00 0.0.0.0 0.0.0.1 127.255.255.254 -1 127.0.0.-1
１２７.０.０.１ 127。0。0。1 １２７。０。０。１ ①②⑦.⓪.⓪.① ⑫⑦.0.0.1 127．0．0．1 127｡0｡0｡1 ２１３０７０６４３３ ０ｘ7f000001
127.0.0.1\u200b 127.0.\u00ad0.1 \u2060127.0.0.1 ١٢٧.٠.٠.١ १२७.०.०.१ ¹27.0.0.1 𝟏𝟐𝟕.𝟎.𝟎.𝟏
%31%32%37.0.0.1 127%2e0%2e0%2e1 %6cocalhost 127.0.0.1%00 127.0.0.1%lo 127.0.0.1%20 ⓛocalhost%
10.0.0.1 10.1 012.0.0.1 0xa000001 167772161 172.16.0.1 192.168.0.1 192.168.1 3232235521
0300.0250.0.1 100.64.0.1 100.100.100.200 169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376
169.254.43518 192.0.0.192 168.63.129.16 198.18.0.1 203.0.113.1 192.0.2.1 224.0.0.1 240.0.0.1
255.255.255.255 192.88.99.1
[::1] [::] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [::01] [::127.0.0.1]
[::7f00:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:7F00:0001] [0:0:0:0:0:ffff:127.0.0.1]
[::ffff:0:127.0.0.1] [::ffff:10.0.0.1] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [::ffff:8.8.8.8]
[64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2002:a9fe:a9fe::1]
[2001:0:7f00:1::] [2001:0:4136:e378:8000:63bf:80ff:fffe] [fe80::1] [fe80::1%lo] [fe80::1%25lo]
[::1%1] [::1%25lo] [2606:4700::1%25eth0] [fc00::1] [fd00:ec2::254] [fd12:3456::1] [fec0::1] [ff02::1]
[ff0e::1] [2001:db8::1] [3fff::1] [5f00::1] [100::1] [2001:10::1] [2001:20::1] [127.0.0.1] [::1
::1 [::1]. [[::1]] [::1]] [::ffff:127.1] [::ffff:0177.0.0.1] [0x7f.1] [v6.::1] [::１] [localhost]
user@127.0.0.1 8.8.8.8@127.0.0.1 127.0.0.1@8.8.8.8 8.8.8.8\\@127.0.0.1 8.8.8.8%40127.0.0.1
8.8.8.8\t127.0.0.1 127.0.0.1:22 [::1]:6379 8.8.8.8:22 [2606:4700::1]:25 example.com:6379
example.com:22 127.0.0.1:80:80 8.8.8.8:0 8.8.8.8:65616 8.8.8.8:+80 8.8.8.8:0x50
"""
URLS = [
    *(f"http://{host}/a.png" for host in re.split(r"[ \n]+", HOSTS.strip())),
    *(
        "http://127.0.0.1",
        "http://127.0.0.1?",
        "http://127.0.0.1#@8.8.8.8/",
        "https://[::1]/",
        "HTTP://127.0.0.1/",
    ),
    *(
        "http:127.0.0.1/",
        "http:/127.0.0.1/",
        "http:///127.0.0.1/",
        "//127.0.0.1/",
        "127.0.0.1/a.png",
        "http:\\\\127.0.0.1\\a",
    ),
    *(
        "ht\ttp://127.0.0.1/",
        "http://127.0\n.0.1/",
        " http://127.0.0.1/",
        "http://127.0.0.1 /",
        "http://8.8.8.8#@127.0.0.1:22\\",
    ),
    *(
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "ftp://127.0.0.1/",
        "dict://127.0.0.1:11211/stats",
    ),
    *(
        "ws://127.0.0.1/",
        "unix:///var/run/docker.sock",
        "http+unix://%2Frun%2Fdocker.sock/",
        "http://8.8.8.8\\.127.0.0.1/",
    ),
]

ODD_NAMES = {
    "private.example": ["10.0.0.1"],
    "loopback.example": ["127.0.0.1"],
    "mixed.example": ["93.184.215.14", "127.0.0.1"],
    "mixed6.example": ["2606:4700::1", "93.184.215.14", "fd00::1"],
    "mapped.example": ["::ffff:127.0.0.1"],
    "nat64.example": ["64:ff9b::10.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "zoned.example": ["fe80::1%eth0"],
    "zero.example": ["0.0.0.0"],
}


def fetcher_with(lookup, allow=""):
    return GuardedFetcher(
        lambda head: True,
        user_agent="Test",
        allow=parse_allowed_networks(allow),
        lookup=lookup,
        connect_timeout=1,
    )


async def no_lookup(host, port):
    raise AssertionError(f"{host} was looked up")


ALONE = fetcher_with(no_lookup)


def test_the_table_is_long_and_has_no_doubles():
    assert len(URLS) > 150
    assert len(set(URLS)) == len(URLS)


@pytest.mark.parametrize("url", URLS)
async def test_a_hostile_spelling_is_refused_without_lookup_or_connection(url, tmp_path):
    with watched_network() as seen, pytest.raises(AddressRefused) as caught:
        await ALONE.fetch(url, tmp_path / "f", 1_000)
    assert seen == []
    assert list(caught.value.errors) == ["url"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ODD_NAMES)
async def test_a_name_with_any_private_address_is_refused_before_a_connection(name, tmp_path):
    async def lookup(host, port):
        return ODD_NAMES[host]

    fetcher = fetcher_with(lookup)
    with watched_network() as seen, pytest.raises(AddressRefused):
        await fetcher.fetch(f"http://{name}/a.png", tmp_path / "f", 1_000)
    assert seen == []
    await fetcher.close()


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ"])
async def test_names_of_this_machine_are_refused_by_the_real_lookup(name, tmp_path):
    fetcher = fetcher_with(None)
    with watched_network() as seen, pytest.raises(AddressRefused):
        await fetcher.fetch(f"http://{name}/a.png", tmp_path / "f", 1_000)
    assert {event for event, _ in seen} == {"socket.getaddrinfo"}
    await fetcher.close()


async def test_a_name_that_changes_its_address_is_judged_by_the_answer_that_is_connected(tmp_path):
    """Rebinding: allowed at the first hop, private at the second, of the same name."""
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    asked = []

    async def lookup(host, port):
        asked.append((host, port))
        return next(answers)

    async def redirect(head, writer):
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")

    fetcher = fetcher_with(lookup, allow="127.0.0.1")
    async with raw_server(redirect) as (base, heads):
        port = int(base.rpartition(":")[2])
        with watched_network() as seen, pytest.raises(AddressRefused):
            await fetcher.fetch(f"http://rebind.example:{port}/a", tmp_path / "f", 1_000)
    assert asked == [("rebind.example", port)] * 2
    assert [address for event, address in seen if event == "socket.connect"] == [
        ("127.0.0.1", port)
    ]
    assert len(heads) == 1
    await fetcher.close()


async def test_the_answer_that_was_checked_is_the_one_connected(tmp_path):
    """One lookup a connection: a second answer is never asked for, so it can't differ."""
    asked = []

    async def lookup(host, port):
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    async def picture(head, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nimage")

    fetcher = fetcher_with(lookup, allow="127.0.0.1")
    async with raw_server(picture) as (base, heads):
        port = base.rpartition(":")[2]
        fetched = await fetcher.fetch(f"http://once.example:{port}/a", tmp_path / "f", 1_000)
    assert fetched.size == 5
    assert asked == ["once.example"]
    assert f"Host: once.example:{port}".encode() in heads[0]
    await fetcher.close()


async def test_any_port_of_an_allowed_network_and_only_of_it(tmp_path):
    async def lookup(host, port):
        return {"in.example": ["127.0.0.1"], "out.example": ["93.184.215.14"]}[host]

    fetcher = fetcher_with(lookup, allow="127.0.0.1")
    with pytest.raises(FetchFailed):
        await fetcher.fetch("http://in.example:1/", tmp_path / "f", 1_000)
    with watched_network() as seen, pytest.raises(AddressRefused):
        await fetcher.fetch("http://out.example:1/", tmp_path / "f", 1_000)
    assert seen == []
    await fetcher.close()


@pytest.mark.parametrize(
    "location",
    [
        *(
            "http://127.0.0.2/",
            "//127.0.0.2/",
            "http://10.0.0.1/",
            "http://169.254.169.254/latest/meta-data/",
        ),
        *(
            "http://[::1]/",
            "http://[::ffff:127.0.0.1]/",
            "http://2130706433/",
            "http://0x7f.2/",
            "http://user@8.8.8.8/",
        ),
        *(
            "file:///etc/passwd",
            "gopher://127.0.0.1/",
            "http://8.8.8.8:22/",
            "http://１２７.0.0.2/",
            "/a\\b",
            "http://private.example/",
        ),
    ],
)
async def test_a_redirect_into_the_private_is_refused(location, tmp_path):
    async def lookup(host, port):
        return ["10.0.0.1"]

    async def redirect(head, writer):
        writer.write(
            f"HTTP/1.1 301 Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
        )

    fetcher = fetcher_with(lookup, allow="127.0.0.1")
    async with raw_server(redirect) as (base, heads):
        with watched_network() as seen, pytest.raises(AddressRefused):
            await fetcher.fetch(f"{base}/a", tmp_path / "f", 1_000)
        assert {ipaddress.ip_address(address[0]) for _, address in seen} == {
            ipaddress.ip_address("127.0.0.1")
        }
        assert len(heads) == 1
    await fetcher.close()
