"""What is wrong with a Redis that does not do as it is asked, in words for its operator."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from redis import exceptions as redis

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Trouble:
    """A kind of failure: `words` are in its message, `says` goes on after "Redis at HOST:PORT".

    `lasting`: the address, or the rights that it gives, are wrong; waiting does not help.
    """

    kinds: type[Exception] | tuple[type[Exception], ...]
    says: str
    words: str = ""
    lasting: bool = False

    def fits(self, err: BaseException) -> bool:
        """Whether it is this."""
        return isinstance(err, self.kinds) and self.words in str(err)


_ADDRESS = "redis://:PASSWORD@HOST:6379/0 or redis://USER:PASSWORD@…, special characters as %XX"

_KNOWN = (  # the first that fits
    Trouble(
        redis.AuthenticationError,
        f"wants a password: write it into the address, {_ADDRESS}",
        words="required",
        lasting=True,
    ),
    Trouble(
        redis.AuthenticationError,
        "has no password set: leave it out of the address, redis://HOST:6379/0",
        words="without any password",
        lasting=True,
    ),
    Trouble(
        (redis.AuthenticationError, redis.AuthorizationError),
        f"refuses the user name or password: correct them in the address, {_ADDRESS}",
        lasting=True,
    ),
    Trouble(
        redis.NoPermissionError,
        "lets this user do too little: grant it ~pixferry:* and the commands that it lacks",
        lasting=True,
    ),
    Trouble(
        redis.ResponseError,
        "has no database of that number: /0 is always there",
        words="DB index",
        lasting=True,
    ),
    Trouble(
        ssl.SSLError,
        "can't be spoken to by TLS: begin the address with redis:// if it speaks none, else mend "
        "its certificate, or name who signed it by ?ssl_ca_certs=FILE",
        lasting=True,
    ),
    Trouble(
        (redis.InvalidResponse, ValueError),
        "is no Redis: something else answers there, correct host and port",
        lasting=True,
    ),
    Trouble(redis.ReadOnlyError, "is a read-only replica: name the primary in the address"),
    Trouble(
        redis.OutOfMemoryError,
        "has no memory left: raise its maxmemory, or have it evict keys (maxmemory-policy)",
    ),
    Trouble(redis.BusyLoadingError, "is still loading its data: wait until it has"),
    Trouble(
        (TimeoutError, redis.TimeoutError),
        "does not answer: see whether it hangs, whether a firewall is in between, and whether "
        "it speaks TLS as rediss:// demands",
    ),
    Trouble(socket.gaierror, "can't be found: correct its host's name, or mend the DNS"),
    Trouble(ConnectionRefusedError, "refuses connections: start it, or correct host and port"),
    Trouble(
        (redis.ConnectionError, OSError),
        "breaks connections off: see its log; if it speaks TLS, begin the address with rediss://",
    ),
)

_UNKNOWN = Trouble(redis.RedisError, "refuses what it is asked: see its log")


def understand(err: BaseException) -> Trouble:
    """Find what kind of failure it is; what Redis itself said stands in brackets."""
    causes = list(_causes(err))
    found = next((kind for kind in _KNOWN if any(kind.fits(one) for one in causes)), _UNKNOWN)
    said = " ".join(str(err).split())[:200].rstrip(".")
    return replace(found, says=f"{found.says} ({said})" if said else found.says)


def _causes(err: BaseException | None) -> Iterator[BaseException]:
    while err is not None:
        yield err
        err = err.__cause__ or err.__context__
