"""The text of an address to import: taken apart by us, and refused where it is odd.

Parsers disagree about odd addresses, and an attack lives in the difference between the one
that checks and the one that connects. So only plain ones pass, and what passes is written
anew: the client is given `FetchUrl.text`, never the text that came.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urljoin

import idna

from core.errors import AddressRefused

if TYPE_CHECKING:
    from core.adapters.addresses import Address

LONGEST = 2_048
_LONGEST_NAME = 255
_LONGEST_EXTENSION = 16
_LONGEST_HOST = 253
_LAST_PORT = 65_535
_DEFAULT_PORTS = {"http": 80, "https": 443}

_SHAPE = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.IGNORECASE)
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^\[\]:]+)(?::([1-9][0-9]{0,4}))?")
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DNS_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
# An ending that inet_aton would read as a number makes the whole host an IPv4 address
# (https://url.spec.whatwg.org/#ends-in-a-number-checker).
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")

# Left as they came; all else is percent-encoded (RFC 3986, plus what clients send bare).
_PATH_SAFE = "/%:@!$&'()*+,;=~[]"
_QUERY_SAFE = _PATH_SAFE + "?"

# Controls, lone surrogates, spaces and line ends of every kind.
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zs", "Zl", "Zp"})
# In a file's name also what is invisible or turns the direction of reading.
_UNNAMEABLE = (_UNPRINTABLE | {"Cf", "Co", "Cn"}) - {"Zs"}


@dataclass(frozen=True, slots=True)
class FetchUrl:
    """An address in plain form.

    Args:
        scheme: `http` or `https`.
        host: a DNS name in ASCII and lower case, or an IP address as its class prints it.
        address: the host as an address, if it is one.
        port: the explicit one, or the scheme's.
        path: percent-encoded, from its first slash on.
        query: percent-encoded, with its question mark; may be empty.
    """

    scheme: str
    host: str
    address: Address | None
    port: int
    path: str
    query: str

    @property
    def text(self) -> str:
        """The address written anew, in ASCII, without a fragment."""
        host = f"[{self.host}]" if isinstance(self.address, IPv6Address) else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}{self.query}"

    @property
    def file_name(self) -> str:
        """The last part of the path, safe to show, at most 255 characters; `image` if none."""
        return shown_name(unquote(self.path.rpartition("/")[2], errors="replace"))

    def join(self, location: str) -> FetchUrl:
        """Where a redirect from here to `location` leads, relative ones included.

        Raises:
            AddressRefused: there is something odd about it.
        """
        # Before joining: urljoin would drop tabs, line breaks and leading controls silently.
        _refuse_odd(location)
        try:
            joined = urljoin(self.text, location)
        except ValueError as err:
            raise _refused("This address redirects to no valid address.") from err
        return parse_url(joined)


def parse_url(text: str) -> FetchUrl:
    """Take an address apart; no name is looked up.

    >>> parse_url("HTTP://EXAMPLE.com:8080/a b.png".replace(" ", "%20")).text
    'http://example.com:8080/a%20b.png'

    Raises:
        AddressRefused: it is not http or https, holds user info, spaces, controls or
            backslashes, is over 2,048 characters, or its host is neither a plain DNS name
            nor an IP address in its one usual spelling.
    """
    _refuse_odd(text)
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        raise _refused("Only http and https addresses can be imported.")
    scheme, authority, path, query = shape.groups(default="")
    scheme = scheme.lower()
    if "@" in authority:
        raise _refused("An address with a user name or password can't be imported.")
    parts = _AUTHORITY.fullmatch(authority)
    if parts is None:
        raise _refused("The host or port of this address is not valid.")
    port = int(parts[2]) if parts[2] else _DEFAULT_PORTS[scheme]
    if port > _LAST_PORT:
        raise _refused("The port of this address is not valid.")
    host, address = _read_host(parts[1])
    path = quote(path, safe=_PATH_SAFE) or "/"
    return FetchUrl(scheme, host, address, port, path, quote(query, safe=_QUERY_SAFE))


def shown_name(name: str) -> str:
    """A file's name, safe to show, at most 255 characters; `image` if nothing is left of it."""
    kept = "".join(c for c in name if unicodedata.category(c) not in _UNNAMEABLE)
    name = kept.replace("/", "_").replace("\\", "_").strip()
    if len(name) > _LONGEST_NAME:
        stem, dot, extension = name.rpartition(".")
        ending = dot + extension if stem and len(extension) <= _LONGEST_EXTENSION else ""
        name = name[: _LONGEST_NAME - len(ending)] + ending
    return name if name.strip(".") else "image"


def _read_host(text: str) -> tuple[str, Address | None]:
    if text.startswith("["):
        return _read_v6(text[1:-1])
    host = text.lower() if text.isascii() else _to_ascii(text)
    if len(host) > _LONGEST_HOST or not _DNS_NAME.fullmatch(host):
        raise _refused("The host of this address is not valid.")
    if not _NUMBER.fullmatch(host.rpartition(".")[2]):
        return host, None
    try:
        address = IPv4Address(text)
    except ValueError as err:
        raise _refused("Give IP addresses as four plain decimal numbers.") from err
    return str(address), address


def _read_v6(text: str) -> tuple[str, Address]:
    try:
        address = IPv6Address(text)
    except ValueError as err:
        raise _refused("The host of this address is not valid.") from err
    if address.scope_id is not None:
        raise _refused("An address with a zone can't be imported.")
    return str(address), address


def _to_ascii(host: str) -> str:
    """The name as DNS knows it (IDNA 2008 after the mapping of UTS 46)."""
    if all(c.isdecimal() or unicodedata.category(c).startswith("P") for c in host):
        # Digits of a script whose digits UTS 46 leaves alone: meant to be taken for an address.
        raise _refused("Give IP addresses as four plain decimal numbers.")
    try:
        return idna.encode(host, uts46=True).decode("ascii").lower()
    except UnicodeError as err:
        raise _refused("The host of this address is not valid.") from err


def _refuse_odd(text: str) -> None:
    if len(text) > LONGEST:
        raise _refused(f"An address may have at most {LONGEST:,} characters.")
    if "\\" in text or any(unicodedata.category(c) in _UNPRINTABLE for c in text):
        raise _refused("An address may not hold spaces, control characters or backslashes.")


def _refused(sentence: str) -> Exception:
    return AddressRefused.on("url", sentence)
