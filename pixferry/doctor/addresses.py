"""Whether links lead here, and for whom; and which proxies are believed."""

from __future__ import annotations

import asyncio
import socket
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp

from core.setting_types import PREFIX
from pixferry.doctor.findings import Finding, ok, warning, wrong

if TYPE_CHECKING:
    from core.settings import Settings

Address = IPv4Address | IPv6Address

_TIMEOUT = aiohttp.ClientTimeout(total=5)
_HTTP_OK = 200
_REDIRECTS = range(300, 400)
_WIDE_V4, _WIDE_V6 = 8, 16


async def check_public(settings: Settings) -> list[Finding]:
    """Where links lead."""
    if settings.public_url is None and settings.host_is_wildcard:
        return [
            warning(
                f"Links begin with {settings.public_base}: they work on this machine alone.",
                f"Set {PREFIX}PUBLIC_URL to the address that others reach this server by.",
            )
        ]
    return await _check(settings.public_base, f"{PREFIX}PUBLIC_URL", "Links")


async def check_media(settings: Settings) -> list[Finding]:
    """Where `src` leads, if pictures have a host of their own."""
    return await _check_own(settings.media_url, "MEDIA_URL", "Addresses of pictures")


async def check_api(settings: Settings) -> list[Finding]:
    """Where the documentation points."""
    return await _check_own(settings.api_url, "API_URL", "The documentation's addresses")


async def _check_own(url: str | None, variable: str, what: str) -> list[Finding]:
    return await _check(url, f"{PREFIX}{variable}", what) if url else []


async def _check(base: str, variable: str, what: str) -> list[Finding]:
    parts = urlsplit(base)
    host = str(parts.hostname)
    found = await _resolve(host)
    if not found:
        return [
            wrong(
                f"{variable}: {host} has no address, so {base} leads nowhere.",
                "See how it is spelt, and whether its DNS record is there.",
            )
        ]
    return [
        _reach(base, what, found),
        await _answer(base, variable),
        *_encryption(base, variable, found),
    ]


async def _resolve(host: str) -> list[Address]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(5):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        return []
    return [ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def _reach(base: str, what: str, found: list[Address]) -> Finding:
    """For whom these addresses work."""
    if all(one.is_loopback for one in found):
        return warning(
            f"{what} begin with {base}: they work on this machine alone.",
            f"For others set {PREFIX}PUBLIC_URL to the address that they reach this server by.",
        )
    if not any(one.is_global for one in found):
        return warning(
            f"{what} begin with {base}: they work in this network alone ({found[0]} is private).",
            "For the internet use a name with a public address.",
        )
    return ok(f"{what} begin with {base}, which has a public address.")


def _encryption(base: str, variable: str, found: list[Address]) -> list[Finding]:
    if base.startswith("https") or not any(one.is_global for one in found):
        return []
    return [
        warning(
            f"{variable} is not encrypted: keys and pictures can be read on their way.",
            "Put a proxy with TLS in front and let the address begin with https.",
        )
    ]


async def _answer(base: str, variable: str) -> Finding:
    """Who answers there, asked from here."""
    url = f"{base}/healthz"
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as http,
            http.get(url, allow_redirects=False) as answer,
        ):
            head = (await answer.content.read(1_000)).strip()
            status, location = answer.status, answer.headers.get("Location", "")
    except aiohttp.ClientSSLError as err:
        return wrong(
            f"{variable}: the certificate of {base} is not trusted: {err}",
            "Renew it, or see that its chain is whole and its name the right one.",
        )
    except (aiohttp.ClientError, TimeoutError, OSError):
        return warning(
            f"Nothing answers at {url} as seen from here.",
            "Fine while no server runs; else look at its port, the firewall and the proxy.",
        )
    if status == _HTTP_OK and head == b'{"status": "ok"}':
        return ok(f"Pixferry answers at {url}.")
    if status in _REDIRECTS:
        return warning(
            f"{url} redirects to {location}.", f"Set {variable} to where it leads in the end."
        )
    return wrong(
        f"{url} is answered by something else than Pixferry (status {status}).",
        f"Let the proxy pass it on, or correct {variable}.",
    )


async def check_proxies(settings: Settings) -> list[Finding]:
    """Whether those are believed who should be, and nobody else."""
    variable = f"{PREFIX}TRUSTED_PROXIES"
    wide = [
        network
        for network in settings.trusted_proxies
        if network.is_global
        and network.prefixlen < (_WIDE_V4 if network.version == 4 else _WIDE_V6)  # noqa: PLR2004  IPv4
    ]
    if wide:
        return [
            wrong(
                f"{variable} has {wide[0]}: anybody there may claim to be anybody else, and pass "
                "every rate limit.",
                "Name the networks of your own proxies alone.",
            )
        ]
    if settings.trusted_proxies:
        named = ", ".join(map(str, settings.trusted_proxies))
        return [ok(f"X-Forwarded-For is believed from {named}.")]
    if settings.public_base.startswith("https"):
        return [
            warning(
                f"{settings.public_base} needs a proxy in front, and {variable} names none: rate "
                "limits count all people as one.",
                f"Set {variable} to the proxy's network, such as 127.0.0.1/32.",
            )
        ]
    return [ok("None are set: whoever connects is who asks.")]
