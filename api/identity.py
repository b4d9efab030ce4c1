"""Who sent a request: their key, or else their address."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING

from api.keys import CALLER, CORE
from core.errors import Unauthenticated
from core.model import Ability, Caller

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

    from core.networks import Network

_V6_HOUSEHOLD = 64
"""Bits of an IPv6 address that name one customer's network."""


async def identify(
    request: web.Request, ability: Ability | None = None, *, key_needed: bool = False
) -> Caller:
    """The request's caller, remembered on the request.

    Raises:
        Unauthenticated: a key is needed and absent, or one was sent and is not good.
        Forbidden: the key's user is banned, or the key lacks the ability.
        RateLimited: the key passed its plan's limit of abuse.
    """
    access = request.app[CORE].access
    token = bearer_token(request)
    if token is None:
        if key_needed:
            raise Unauthenticated
        caller = request[CALLER] = anonymous(request)
    else:
        # Remembered before it is judged: a refusal, too, tells a team its quota.
        caller = request[CALLER] = await access.identify(token)
        await access.permit(caller, ability)
    return caller


def bearer_token(request: web.Request) -> str | None:
    """What `Authorization: Bearer` carries; None where no such header was sent.

    Raises:
        Unauthenticated: another scheme was sent, or several headers.
    """
    given = request.headers.getall("Authorization", [])
    if not given:
        return None
    scheme, _, token = given[0].partition(" ")
    if scheme.lower() != "bearer" or len(given) > 1:
        raise Unauthenticated
    return token.strip()


def anonymous(request: web.Request) -> Caller:
    """A caller known by their address alone."""
    return stranger(request, request.app[CORE].settings.trusted_proxies)


def stranger(request: web.BaseRequest, trusted: tuple[Network, ...]) -> Caller:
    """The same, of a request that no application has seen yet."""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", []))
    return _at_address(request.remote or "", forwarded, trusted)


@lru_cache(maxsize=1_024)
def _at_address(remote: str, forwarded: str, trusted: tuple[Network, ...]) -> Caller:
    return Caller(subject=f"address:{_household(_origin(remote, forwarded, trusted))}")


def _origin(
    remote: str, forwarded: str, trusted: Sequence[Network]
) -> IPv4Address | IPv6Address | None:
    """Where a request came from, past proxies that are ours.

    `X-Forwarded-For` is read from its end: each hop is believed only if the next one is a
    trusted proxy, so a client that writes the header itself is not.
    """
    address = _parse(remote)
    hops = forwarded.split(",")
    while address is not None and hops and _within(address, trusted):
        hop = _parse(hops.pop().strip())
        if hop is None:
            break
        address = hop
    return address


@lru_cache(maxsize=4_096)
def _parse(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _within(address: IPv4Address | IPv6Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def _household(address: IPv4Address | IPv6Address | None) -> str:
    if isinstance(address, IPv6Address):
        return str(IPv6Network((address, _V6_HOUSEHOLD), strict=False))
    return str(address)
