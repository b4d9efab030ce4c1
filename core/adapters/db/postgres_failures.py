"""What PostgreSQL and the way to it can answer, as sentences for the operator."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core.errors import StorageFull, Unavailable

if TYPE_CHECKING:
    from core.adapters.db.postgres_address import PostgresAddress

_BUSY = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
)
_AWAY = (DBAPIError, PoolTimeout, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
_NO_ROOM = "No space left on device"


def refused(address: PostgresAddress, complaint: str) -> str:
    """The sentence on a server that `complaint` is about."""
    return f"PIXFERRY_DATABASE_URL: PostgreSQL at {address.server} {complaint}."


def failure(err: Exception, address: PostgresAddress) -> Unavailable | None:
    """What an error of a door becomes; None: it is not a failure of the database.

    What the tables allow once is the caller's to judge, and a value that no column can hold is
    a fault of ours.
    """
    cause = err.driver_exception if isinstance(err, DBAPIError) else err
    if not isinstance(err, _AWAY) or isinstance(err, IntegrityError) or _is_our_fault(cause):
        return None
    if isinstance(cause, asyncpg.DiskFullError) or _NO_ROOM in str(cause):
        reason = refused(address, "has no room left on its disk: give it more")
        return StorageFull(
            "The database's disk is full; nothing was stored.", seconds=30, reason=reason
        )
    if isinstance(cause, _BUSY):
        reason = refused(address, f"is too busy: {cause}")
        return Unavailable("The database is too busy right now.", seconds=1, reason=reason)
    reason = refused(address, _complaint(cause, address))
    return Unavailable("The database can't be reached right now.", seconds=5, reason=reason)


def _is_our_fault(cause: Exception) -> bool:
    """Whether it is about a value that we sent: the server says so, or the driver itself."""
    return isinstance(cause, asyncpg.DataError) or (
        isinstance(cause, asyncpg.InterfaceError)
        and isinstance(cause, ValueError)
        and not isinstance(cause, asyncpg.ClientConfigurationError)
    )


def _complaint(cause: Exception, address: PostgresAddress) -> str:
    """What is the matter and what to do, as the rest of a sentence that began with the server."""
    match cause:
        case asyncpg.InvalidPasswordError():
            told = (
                f"refuses the user {address.user!r} with this password: mend either there "
                "(special characters are written %XX)"
            )
        case asyncpg.InvalidAuthorizationSpecificationError() if "no encryption" in str(cause):
            told = f"wants TLS of {address.user!r}: add ?ssl=require ({cause})"
        case asyncpg.InvalidAuthorizationSpecificationError():
            told = f"does not let the user {address.user!r} in: {cause}"
        case asyncpg.InvalidCatalogNameError():
            told = f"has no database {address.database!r}: create it, or mend the name"
        case asyncpg.InsufficientPrivilegeError():
            told = (
                f"does not allow that to {address.user!r}: make this user the owner of the "
                f"database {address.database!r} ({cause})"
            )
        case asyncpg.ReadOnlySQLTransactionError():
            told = "is a replica that only reads, name the primary"
        case asyncpg.TooManyConnectionsError():
            told = (
                "has no connection left: lower PIXFERRY_DATABASE_POOL, or raise the server's "
                f"max_connections ({cause})"
            )
        case asyncpg.CannotConnectNowError() | asyncpg.OperatorInterventionError():
            told = f"is starting or being shut down: {cause}"
        case asyncpg.ClientConfigurationError() | asyncpg.UndefinedObjectError():
            told = f"can't be asked with these options: {cause}"
        case _:
            told = _way_complaint(cause, address)
    return told


def _way_complaint(cause: Exception, address: PostgresAddress) -> str:
    """The same of what happens on the way to the server."""
    match cause:
        case socket.gaierror():
            told = f"has an address that is not known here: mend the host ({cause.strerror})"
        case ssl.SSLCertVerificationError():
            told = f"has a certificate that is not trusted here: {cause.verify_message}"
        case ssl.SSLError():
            told = f"does not agree on TLS: {cause.reason}"
        case TimeoutError() | PoolTimeout():
            told = "does not answer: look at the server and the way there"
        case ConnectionRefusedError():
            told = "is not there: nothing listens on this host and port"
        case ConnectionError() if "rejected SSL upgrade" in str(cause):
            told = "speaks no TLS: leave ?ssl=… out, or turn TLS on there"
        case asyncpg.PostgresConnectionError() | ConnectionError():
            told = "has broken the connection off; it is restarting, or it is no PostgreSQL"
        case OSError():
            told = f"is out of reach: {cause.strerror or type(cause).__name__}"
        case asyncpg.PostgresError() | asyncpg.InterfaceError():
            told = f"fails in the database {address.database!r}: {type(cause).__name__}: {cause}"
        case _:
            told = f"fails: {type(cause).__name__}"
    return told
