"""The two guards of a connection to import from: its name's addresses, and its socket."""

from __future__ import annotations

import asyncio
import errno
import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from aiohttp.abc import AbstractResolver, ResolveResult

from core.errors import AddressRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from core.adapters.addresses import AddressRule
    from core.adapters.fetch_url import FetchUrl

    Lookup = Callable[[str, int], Awaitable[Iterable[str]]]
    AddrInfo = tuple[int, int, int, str, tuple[Any, ...]]


def refuse_early(rule: AddressRule, url: FetchUrl) -> None:
    """Refuse what the text alone condemns, before any name is looked up.

    Raises:
        AddressRefused: the host is an address that is not allowed, or the port is not.
    """
    if url.address is not None:
        if not rule.permits(url.address, url.port):
            raise _refused()
    elif url.port not in rule.ports and not rule.allow:
        # With allowed networks, any port may be right; the name's addresses decide then.
        raise AddressRefused.on("url", f"Port {url.port} can't be imported from.")


class SystemLookup:
    """The machine's own lookup of names, in threads of its own.

    A hung name server holds a thread for many seconds after everybody stopped waiting; in
    the loop's shared pool that would stall all file work as well.
    """

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="import-dns")

    async def __call__(self, host: str, port: int) -> Iterable[str]:
        """All addresses of the name, v4 and v6, in the order to try them.

        Raises:
            OSError: there is no such name, or no answer.
        """
        answers = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return dict.fromkeys(str(answer[4][0]) for answer in answers)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


class GuardedResolver(AbstractResolver):
    """Refuses a name altogether if any one of its addresses is not allowed.

    aiohttp does not ask a resolver about hosts that are addresses already: `refuse_early`
    and `SocketGuard` see those.
    """

    def __init__(self, rule: AddressRule, lookup: Lookup) -> None:
        self._rule = rule
        self._lookup = lookup

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,
    ) -> list[ResolveResult]:
        """The name's addresses, each of `family` (unspecified: of any).

        Raises:
            AddressRefused: one of the addresses is not allowed.
            OSError: there is no address.
        """
        answers = [ip_address(answer) for answer in await self._lookup(host, port)]
        if not all(self._rule.permits(address, port) for address in answers):
            raise _refused()
        results = [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET if address.version == 4 else socket.AF_INET6,  # noqa: PLR2004  IPv4's number
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in answers
        ]
        results = [r for r in results if family in {socket.AF_UNSPEC, r["family"]}]
        if not results:
            raise OSError(errno.EADDRNOTAVAIL, "the name has no address")
        return results

    async def close(self) -> None:
        """Nothing is held: the lookup belongs to whoever made it."""


class SocketGuard:
    """Makes sockets for allowed addresses alone: the last look before a packet is sent.

    `refused` tells afterwards that it said no; the error itself gets lost on its way through
    the libraries, which know OSError alone there.
    """

    def __init__(self, rule: AddressRule) -> None:
        self._rule = rule
        self.refused = False

    def __call__(self, info: AddrInfo) -> socket.socket:
        """Make the socket for one entry of getaddrinfo's shape.

        Raises:
            OSError: the address is not allowed.
        """
        family, kind, protocol, _, (host, port, *_) = info
        if not self._rule.permits(ip_address(host), port):
            self.refused = True
            raise OSError(errno.EACCES, "the address is not allowed")
        return socket.socket(family, kind, protocol)


def _refused() -> Exception:
    return AddressRefused.on("url", AddressRefused.sentence)
