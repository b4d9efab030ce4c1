"""The address of a mail server, read from settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

_SHAPE = "smtp://USER:PASSWORD@HOST:587, or smtps://USER:PASSWORD@HOST:465"
_PORTS = {"smtp": 587, "smtps": 465}
_HOST = re.compile(r"[A-Za-z0-9._:-]{1,255}")

Tls = Literal["always", "starttls", "offered", "never"]


@dataclass(frozen=True, slots=True)
class SmtpAddress:
    """A mail server. `tls`: from the first byte, by STARTTLS, by STARTTLS if offered, or never."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def smtp_address(value: str) -> SmtpAddress:
    """Read `smtp://user:password@host:587`; special characters as %XX.

    A password is sent through TLS alone, unless the server is this machine or `?starttls=never`
    allows it.

    Raises:
        ValueError: says what is missing or wrong.
    """
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as err:  # no port, or no IPv6 address
        raise ValueError(f"its host or port can't be read; it must be {_SHAPE}") from err
    if parts.scheme not in _PORTS or not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError(f"it must be {_SHAPE}")
    if port == 0 or parts.path.strip("/") or parts.fragment:
        raise ValueError(f"it must be {_SHAPE} (a / or # in the password is written %2F, %23)")
    if bool(parts.username) != bool(parts.password):
        raise ValueError(f"it needs user and password, or neither: {_SHAPE}")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    starttls = options.pop("starttls", None)
    if options or starttls not in {None, "never"}:
        raise ValueError("after the host may stand ?starttls=never, and nothing else")
    assert parts.hostname
    return SmtpAddress(
        parts.hostname,
        port or _PORTS[parts.scheme],
        _tls(parts.scheme, parts.hostname, secret=bool(parts.password), never=bool(starttls)),
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
    )


def _tls(scheme: str, host: str, *, secret: bool, never: bool) -> Tls:
    if scheme == "smtps":
        return "always"
    if never:
        return "never"
    return "starttls" if secret and not _is_here(host) else "offered"


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
