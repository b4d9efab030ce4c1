from ipaddress import ip_address, ip_network

import pytest

from core.adapters.addresses import AddressRule, carried, is_public
from core.networks import parse_allowed_networks

WEB = frozenset({80, 443})
NOWHERE = AddressRule((), WEB)

REFUSED = """
0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.0.0.1 10.255.255.255 100.64.0.0 100.64.0.1
100.100.100.200 100.127.255.255 127.0.0.0 127.0.0.1 127.1.2.3 127.255.255.255 168.63.129.16
169.254.0.0 169.254.169.254 169.254.170.2 169.254.255.255 172.16.0.0 172.16.0.1 172.31.255.255
192.0.0.0 192.0.0.8 192.0.0.9 192.0.0.10 192.0.0.170 192.0.0.192 192.0.0.255 192.0.2.1
192.88.99.1 192.168.0.0 192.168.1.1 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.7
203.0.113.255 224.0.0.0 224.0.0.1 239.255.255.255 240.0.0.0 250.1.2.3 255.255.255.254
255.255.255.255
:: ::1 ::2 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8
::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8 64:ff9b::127.0.0.1 64:ff9b::8.8.8.8 64:ff9b:1::1
64:ff9b:1:ffff:ffff:ffff:ffff:ffff 100::1 100:0:0:1::1 1fff:ffff::1 2001::1 2001:0:4136:e378::1
2001:1::1 2001:2::1 2001:3::1 2001:10::1 2001:20::1 2001:1ff:ffff::1 2001:db8::1
2001:db8:ffff::1 2002:7f00:1::1 2002:808:808::1 2002:a00:1:: 3fff::1 3fff:fff:ffff::1 4000::1
5f00::1 8000::1 fc00::1 fd00::1 fd00:ec2::254 fdff:ffff::1 fe80::1 fe80::1%1 febf::1 fec0::1
2606:4700::1%1 feff::1 ff00::1 ff02::1 ff0e::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
"""

PUBLIC = """
1.0.0.1 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.215.14 100.63.255.255 100.128.0.0
126.255.255.255 128.0.0.0 168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255
172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.167.255.255 192.169.0.0 198.17.255.255
198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255
2000::1 2001:200::1 2001:db7:ffff::1 2001:db9::1 2003::1 2606:4700::1111 2a00:1450:4001::1
3ffe::1 3fff:1000::1
"""


@pytest.mark.parametrize("text", REFUSED.split())
def test_an_address_that_is_not_public_is_refused(text):
    assert not NOWHERE.permits(ip_address(text), 80)


@pytest.mark.parametrize("text", PUBLIC.split())
def test_a_public_address_is_permitted_on_the_ports_named(text):
    assert NOWHERE.permits(ip_address(text), 443)
    assert not NOWHERE.permits(ip_address(text), 22)


def test_nothing_that_python_knows_not_to_be_public_is_public():
    """Where `ipaddress` says no with certainty, we never say yes."""
    for text in PUBLIC.split():
        address = ip_address(text)
        assert is_public(address)
        assert address.is_global


def test_an_allowed_network_is_open_on_any_port_and_its_neighbour_is_not():
    rule = AddressRule(
        (ip_network("10.1.0.0/16"), ip_network("fd00:1::/32"), ip_network("::1")), WEB
    )
    assert rule.permits(ip_address("10.1.255.255"), 9000)
    assert rule.permits(ip_address("fd00:1::5"), 1)
    assert rule.permits(ip_address("::1"), 9000)
    assert not rule.permits(ip_address("10.2.0.0"), 80)
    assert not rule.permits(ip_address("fd00:2::5"), 80)
    assert not rule.permits(ip_address("::ffff:10.1.0.1"), 80)
    assert rule.permits(ip_address("8.8.8.8"), 80)
    assert not rule.permits(ip_address("8.8.8.8"), 9000)


def test_an_allowed_translator_does_not_open_what_lies_behind_it():
    rule = AddressRule(parse_allowed_networks("64:ff9b::/96, ::ffff:0:0/96, 2002::/16"), WEB)
    assert rule.permits(ip_address("64:ff9b::8.8.8.8"), 80)
    assert rule.permits(ip_address("::ffff:8.8.8.8"), 80)
    assert rule.permits(ip_address("2002:808:808::1"), 80)
    assert not rule.permits(ip_address("64:ff9b::10.0.0.1"), 80)
    assert not rule.permits(ip_address("::ffff:127.0.0.1"), 80)
    assert not rule.permits(ip_address("2002:7f00:1::1"), 80)


@pytest.mark.parametrize(
    ("text", "inner"),
    [
        ("::ffff:1.2.3.4", ["1.2.3.4"]),
        ("::ffff:0:1.2.3.4", ["1.2.3.4"]),
        ("::1.2.3.4", ["1.2.3.4"]),
        ("64:ff9b::1.2.3.4", ["1.2.3.4"]),
        ("64:ff9b:1::1.2.3.4", ["1.2.3.4"]),
        ("2002:102:304::", ["1.2.3.4"]),
        # The example of RFC 4380's readers: server 65.54.227.120, client 192.0.2.45.
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", ["65.54.227.120", "192.0.2.45"]),
        ("::1", []),
        ("::", []),
        ("2606:4700::1", []),
        ("1.2.3.4", []),
    ],
)
def test_addresses_within_addresses_are_found(text, inner):
    assert [str(address) for address in carried(ip_address(text))] == inner


def test_networks_are_read_from_text():
    assert parse_allowed_networks(" 10.1.0.0/16,fd00::/8 , 127.0.0.1,,") == (
        ip_network("10.1.0.0/16"),
        ip_network("fd00::/8"),
        ip_network("127.0.0.1/32"),
    )
    assert parse_allowed_networks("") == ()


@pytest.mark.parametrize(
    "text", ["0.0.0.0/0", "::/0", "0.0.0.0/1", "10.0.0.0/7", "2000::/3", "::/8", "128.0.0.0/1"]
)
def test_the_whole_internet_is_no_network_to_allow(text):
    with pytest.raises(ValueError, match="too wide"):
        parse_allowed_networks(f"10.0.0.0/8, {text}")


@pytest.mark.parametrize(
    "text", ["10.0.0.1/8", "example.com", "10.0.0.0/33", "1.2.3", "fe80::%1/64/3"]
)
def test_what_is_no_network_is_named(text):
    with pytest.raises(ValueError, match="is not a network; give networks"):
        parse_allowed_networks(text)
