"""Networks as settings name them."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network

_WIDEST_V4 = 8
_WIDEST_V6 = 16
_UNIQUE_LOCAL = IPv6Network("fc00::/7")


def parse_networks(text: str) -> tuple[Network, ...]:
    """Read networks such as `10.1.0.0/16, fd00::/8`, comma-separated; of nothing, nothing.

    Raises:
        ValueError: with a sentence to show to the operator.
    """
    networks: list[Network] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            networks.append(ip_network(part))
        except ValueError as err:
            raise ValueError(
                f"{part!r} is not a network; give networks such as 10.1.0.0/16, comma-separated"
            ) from err
    return tuple(networks)


def parse_allowed_networks(text: str) -> tuple[Network, ...]:
    """Read networks that import may reach although they are private.

    Unique local IPv6 networks may be of any width; others are refused when wider than a /8
    (IPv4) or a /16 (IPv6), lest the guard be switched off altogether.

    Raises:
        ValueError: with a sentence to show to the operator.
    """
    networks = parse_networks(text)
    for network in networks:
        if _too_wide(network):
            raise ValueError(f"{network} is too wide: import could reach everything")
    return networks


def _too_wide(network: Network) -> bool:
    if isinstance(network, IPv4Network):
        return network.prefixlen < _WIDEST_V4
    return network.prefixlen < _WIDEST_V6 and not network.subnet_of(_UNIQUE_LOCAL)
