"""Which IP addresses import may connect to.

`ipaddress.is_global` is not asked: on Python 3.11 it takes several ranges for public that
are not (192.0.0.0/24's edges, 2002::/16, 64:ff9b:1::/48, 3fff::/20 ...), and it knows nothing
of addresses inside addresses. The ranges are those of the IANA registries of special-purpose
addresses (RFC 6890 and its updates), read strictly: what serves no pictures is refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.networks import Network

Address = IPv4Address | IPv6Address

_REFUSED_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT; a cloud's metadata at 100.100.100.200
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host agent, public by its number alone
        "169.254.0.0/16",  # link-local, metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; a cloud's metadata at 192.0.0.192
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # automatic multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_UNICAST_V6 = IPv6Network("2000::/3")  # outside of it nothing is global
_REFUSED_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks, AS112 ...
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)

_COMPATIBLE = IPv6Network("::/96")
_NOT_COMPATIBLE = frozenset({IPv6Address("::"), IPv6Address("::1")})
_LAST_32_BITS = (
    IPv6Network("::ffff:0:0/96"),  # mapped
    IPv6Network("::ffff:0:0:0/96"),  # translated, RFC 2765
    IPv6Network("64:ff9b::/96"),  # NAT64, RFC 6052
    IPv6Network("64:ff9b:1::/48"),  # NAT64 within one network, RFC 8215
)
_6TO4 = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")


@dataclass(frozen=True, slots=True)
class AddressRule:
    """Public addresses on some ports, and some networks on any port.

    Args:
        allow: networks that may be reached although they are not public.
        ports: ports that public addresses may be reached at.
    """

    allow: tuple[Network, ...]
    ports: frozenset[int]

    def permits(self, address: Address, port: int) -> bool:
        """Whether to connect there. IPv4 addresses that an IPv6 one carries must pass, too."""
        if isinstance(address, IPv6Address) and address.scope_id is not None:
            return False
        if not any(address in network for network in self.allow) and not (
            port in self.ports and is_public(address)
        ):
            return False
        return all(self.permits(inner, port) for inner in carried(address))


def is_public(address: Address) -> bool:
    """Whether the address is somewhere on the internet where pictures may be.

    >>> is_public(IPv4Address("93.184.215.14")), is_public(IPv4Address("100.64.0.1"))
    (True, False)
    """
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    return address in _UNICAST_V6 and not any(address in network for network in _REFUSED_V6)


def carried(address: Address) -> tuple[IPv4Address, ...]:
    """IPv4 addresses that a packet to this address may end at, by translation or tunnel.

    >>> carried(IPv6Address("64:ff9b::7f00:1"))
    (IPv4Address('127.0.0.1'),)
    """
    if isinstance(address, IPv4Address):
        return ()
    bits = int(address)
    if address in _TEREDO:  # RFC 4380: the server, and the client with all bits inverted
        return (_v4(bits >> 64), _v4(~bits))
    if address in _6TO4:
        return (_v4(bits >> 80),)
    if any(address in network for network in _LAST_32_BITS):
        return (_v4(bits),)
    if address in _COMPATIBLE and address not in _NOT_COMPATIBLE:
        return (_v4(bits),)
    return ()


def _v4(bits: int) -> IPv4Address:
    return IPv4Address(bits & 0xFFFF_FFFF)
