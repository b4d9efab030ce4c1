"""Fetches foreign addresses for import, behind three guards.

1. The text of every hop's address (`fetch_url`, `refuse_early`).
2. The addresses of its name, looked up once a connection (`GuardedResolver`).
3. The address that is about to be connected (`SocketGuard`).
"""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientPayloadError,
    ClientResponse,
    ClientSession,
    ClientSSLError,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
    TraceConfig,
)
from yarl import URL

from core.adapters.addresses import AddressRule
from core.adapters.fetch_body import save_body, too_large
from core.adapters.fetch_guard import GuardedResolver, SocketGuard, SystemLookup, refuse_early
from core.adapters.fetch_slots import FetchSlots
from core.adapters.fetch_url import parse_url
from core.errors import AddressRefused, FetchFailed, FetchTimedOut
from core.model import FetchedFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from aiohttp.connector import Connection

    from core.adapters.fetch_body import Sniff
    from core.adapters.fetch_guard import Lookup
    from core.adapters.fetch_url import FetchUrl
    from core.networks import Network

PORTS = frozenset({80, 443, 8080, 8443})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = 200
_MAX_INTERIM = 100
# One sentence for closed, filtered, unreachable and unknown: it must not map out a network.
_UNREACHABLE = "The address could not be reached."
_UNTRUSTED = "The address has no valid certificate."
_BROKEN = "The address did not give a whole and well-formed answer."


@dataclass(slots=True)
class _Trip:
    """One fetch as it goes: whether a connection stands, and the guard of its sockets."""

    guard: SocketGuard
    connected: bool = False


class _Answer(ClientResponse):
    """An answer that comes after a hundred interim ones at most.

    The client skips 1xx responses however many there are, and reading a stream of them takes the
    whole loop's time until the fetch's own is over.
    """

    async def start(self, connection: Connection) -> ClientResponse:
        protocol = connection.protocol
        assert protocol is not None  # an empty queue is false
        read, seen = protocol.read, 0

        async def read_few() -> Any:
            nonlocal seen
            seen += 1
            if seen > _MAX_INTERIM + 1:
                raise ClientPayloadError("too many interim responses")
            return await read()

        protocol.read = read_few  # type: ignore[method-assign]  # of this one connection alone
        return await super().start(connection)


class GuardedFetcher:
    """The Fetcher of production.

    Every fetch has connections of its own: nothing is kept between two, no cookie, no name's
    address, no connection.

    Args:
        looks_like_image: judges an answer by its first bytes.
        user_agent: how requests call themselves.
        allow: networks that may be reached although they are private, on any port.
        ports: ports of public addresses that may be reached.
        connect_timeout: seconds for looking up, connecting and TLS, at each hop.
        total_timeout: seconds for everything, redirects and body included.
        max_redirects: hops after the first address.
        max_fetches: fetches at once; one more is Unavailable.
        lookup: gives a name's addresses, as text; the machine's own lookup by default.
    """

    def __init__(
        self,
        looks_like_image: Sniff,
        *,
        user_agent: str,
        allow: tuple[Network, ...] = (),
        ports: frozenset[int] = PORTS,
        connect_timeout: float = 5.0,
        total_timeout: float = 30.0,
        max_redirects: int = 5,
        max_fetches: int = 16,
        lookup: Lookup | None = None,
    ) -> None:
        self._looks_like_image = looks_like_image
        self._rule = AddressRule(allow, ports)
        self._connect_timeout = connect_timeout
        self._max_redirects = max_redirects
        self._system_lookup = SystemLookup(max_fetches)  # starts its threads when asked first
        self._lookup = lookup or self._system_lookup
        self._tls = ssl.create_default_context()
        self._headers = {
            "Accept": "image/*, */*;q=0.5",
            "Accept-Encoding": "identity",
            "User-Agent": user_agent,
        }
        self._slots = FetchSlots(max_fetches, total_timeout)

    async def fetch(self, url: str, target: Path, max_bytes: int) -> FetchedFile:
        start = parse_url(url)
        refuse_early(self._rule, start)
        trip = _Trip(SocketGuard(self._rule))
        with self._translated(trip):
            async with self._slots.taken(), self._open_session(trip) as session:
                return await self._follow(session, start, target, max_bytes)

    async def close(self) -> None:
        """Break off what still runs, as Unavailable, and take no more."""
        await self._slots.close()
        self._system_lookup.close()

    async def _follow(
        self, session: ClientSession, url: FetchUrl, target: Path, max_bytes: int
    ) -> FetchedFile:
        for _ in range(self._max_redirects + 1):
            # `encoded`: the text is ours and final; yarl must not write it a third way.
            request = session.get(URL(url.text, encoded=True), allow_redirects=False)
            async with request as answer:
                if answer.status in _REDIRECTS:
                    url = _next_hop(url, answer)
                    refuse_early(self._rule, url)
                    continue
                _refuse_answer(answer, max_bytes)
                chunks = answer.content.iter_any()
                size = await save_body(chunks, target, max_bytes, self._looks_like_image)
                return FetchedFile(target, size, url.file_name)
        raise FetchFailed(f"The address redirects more than {self._max_redirects} times.")

    def _open_session(self, trip: _Trip) -> ClientSession:
        connector = TCPConnector(
            resolver=GuardedResolver(self._rule, self._lookup),
            socket_factory=trip.guard,
            ssl=self._tls,
            use_dns_cache=False,
            force_close=True,
        )
        return ClientSession(
            connector=connector,
            headers=self._headers,
            cookie_jar=DummyCookieJar(),
            timeout=ClientTimeout(total=None, connect=self._connect_timeout),
            trace_configs=[_watch(trip)],
            auto_decompress=False,
            trust_env=False,
            response_class=_Answer,
        )

    @contextmanager
    def _translated(self, trip: _Trip) -> Iterator[None]:
        """Give the client's many errors our few names."""
        try:
            yield
        except ConnectionTimeoutError as err:
            raise FetchFailed(_UNREACHABLE) from err
        except TimeoutError as err:
            # Out of time while connecting tells no more than any failure to connect.
            raise FetchTimedOut if trip.connected else FetchFailed(_UNREACHABLE) from err
        except ClientSSLError as err:
            raise FetchFailed(_UNTRUSTED) from err
        except ClientConnectorError as err:
            if trip.guard.refused:
                raise AddressRefused.on("url", AddressRefused.sentence) from err
            raise FetchFailed(_UNREACHABLE) from err
        except ClientError:
            # Its words may have the whole address, which of some attachments is a secret.
            raise FetchFailed(_BROKEN) from None


def _watch(trip: _Trip) -> TraceConfig:
    """Tell the trip when a connection is being made, and when it stands."""

    async def connecting(*_: Any) -> None:
        trip.connected = False

    async def connected(*_: Any) -> None:
        trip.connected = True

    watch = TraceConfig()
    watch.on_connection_create_start.append(connecting)
    watch.on_connection_create_end.append(connected)
    return watch


def _next_hop(url: FetchUrl, answer: ClientResponse) -> FetchUrl:
    location = answer.headers.get("Location")
    if not location:
        raise FetchFailed("The address redirects to nowhere.")
    return url.join(location)


def _refuse_answer(answer: ClientResponse, max_bytes: int) -> None:
    """Refuse by status and headers, before the body is read."""
    if answer.status != _OK:
        raise FetchFailed(f"The address answered with status {answer.status}.")
    for encoding in answer.headers.getall("Content-Encoding", []):
        if encoding.strip().lower() not in {"", "identity"}:
            raise FetchFailed("The address compresses its answer though asked not to.")
    if answer.content_length is not None and answer.content_length > max_bytes:
        raise too_large(max_bytes)
