"""The addresses of services, read from settings: each wrong part gets a sentence of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

SQLITE = "sqlite+aiosqlite:///"
POSTGRES = "postgresql+asyncpg://"
FILE = "file:///"
_POSTGRES_SHAPE = f"{POSTGRES}USER:PASSWORD@HOST:5432/NAME"
_S3_SHAPE = "s3://KEY:SECRET@HOST:PORT/BUCKET?region=REGION&secure=true"
_REDIS_SHAPE = "redis://:PASSWORD@HOST:6379/0"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class S3Address:
    """A bucket on an S3 server. `endpoint` is `host` or `host:port`; `setting` named it."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    region: str = "us-east-1"
    secure: bool = True
    setting: str = field(default="PIXFERRY_STORAGE_URL", compare=False)

    def __str__(self) -> str:
        """Where it is, without the key."""
        return f"s3://{self.endpoint}/{self.bucket}"


def database_url(value: str) -> str:
    """Accept a database's address.

    Raises:
        ValueError: says what it must look like.
    """
    if value.startswith(SQLITE):
        if value.removeprefix(SQLITE).partition("?")[0] in {"", ":memory:"}:
            raise ValueError(f"it must be {SQLITE}PATH, a file")
        return value
    scheme = value.partition("://")[0]
    if scheme in {"postgres", "postgresql"} or scheme.startswith("postgresql+psycopg"):
        raise ValueError(f"it must begin with {POSTGRES} instead of {scheme}://")
    if not value.startswith(POSTGRES):
        raise ValueError(f"it must be {SQLITE}PATH, a file, or {_POSTGRES_SHAPE}")
    parts = _split(value, _POSTGRES_SHAPE)
    if not parts.hostname or parts.path.strip("/") == "" or parts.path.count("/") > 1:
        raise ValueError(f"it must name a host and a database: {_POSTGRES_SHAPE}")
    return value


def storage_url(value: str) -> str:
    """Accept a storage's address.

    Raises:
        ValueError: says what it must look like.
    """
    if value.startswith("s3://"):
        s3_address(value)
    elif not value.startswith(FILE):
        raise ValueError(f"it must be {FILE}PATH or {_S3_SHAPE}")
    return value


def s3_address(value: str) -> S3Address:
    """Read `s3://KEY:SECRET@host:port/bucket?region=…&secure=true`; special characters as %XX.

    Raises:
        ValueError: says what is missing or wrong.
    """
    parts = _split(value, _S3_SHAPE)
    if not parts.hostname:
        raise ValueError(f"it names no host: {_S3_SHAPE}")
    if not parts.username or not parts.password:
        raise ValueError(
            f"it lacks the access key or the secret: {_S3_SHAPE} (a / in either is written %2F)"
        )
    bucket = unquote(parts.path.strip("/"))
    if not _BUCKET.fullmatch(bucket) or ".." in bucket:
        raise ValueError(
            f"{bucket!r} is no name of a bucket: 3 to 63 small letters, digits, dots and hyphens, "
            f"alone after the host: {_S3_SHAPE}"
        )
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    secure = options.pop("secure", "true").lower()
    region = options.pop("region", "us-east-1")
    if options:
        raise ValueError(f"it knows region and secure alone, not {', '.join(sorted(options))}")
    if secure not in _BOOLEANS:
        raise ValueError(f"secure is {secure!r}; it may be true (TLS) or false")
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", region):
        raise ValueError(f"region is {region!r}; it must be a name such as us-east-1")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return S3Address(
        endpoint=host if parts.port is None else f"{host}:{parts.port}",
        bucket=bucket,
        access_key=unquote(parts.username),
        secret_key=unquote(parts.password),
        region=region,
        secure=_BOOLEANS[secure],
    )


def storage_place(value: str, setting: str) -> S3Address | Path:
    """Where a storage's address, given as `setting`, leads: to a bucket, or a folder.

    Raises:
        ValueError: it is no such address; says what it must look like.
    """
    value = storage_url(value)
    if value.startswith("s3://"):
        return replace(s3_address(value), setting=setting)
    return Path(unquote(urlsplit(value).path))


def redis_url(value: str) -> str:
    """Accept the address of a Redis or Valkey server.

    Raises:
        ValueError: says what it must look like.
    """
    parts = _split(value, _REDIS_SHAPE)
    number = parts.path.strip("/")
    if parts.scheme not in {"redis", "rediss"} or not parts.hostname:
        raise ValueError(f"it must be {_REDIS_SHAPE}, or rediss:// for TLS")
    if number and not number.isdecimal():
        raise ValueError(f"after the host stands the database's number, not {number!r}")
    return value


def _split(value: str, shape: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        usable = parts.port != 0
    except ValueError as err:  # no port, or no IPv6 address
        raise ValueError(f"its host or port can't be read; it must be {shape}") from err
    if not usable:
        raise ValueError(f"port 0 is no port; it must be {shape}")
    return parts
