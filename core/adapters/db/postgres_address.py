"""Where PostgreSQL is, from `PIXFERRY_DATABASE_URL`."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from core.service_urls import POSTGRES


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """The URL, and its parts as people are told of them; the password is in the first alone."""

    url: str = field(repr=False)

    @property
    def dsn(self) -> str:
        """The URL as the driver reads it: it says `sslmode` as PostgreSQL's own tools do."""
        parts = urlsplit("postgresql://" + self.url.removeprefix(POSTGRES))
        options = [
            ("sslmode" if name == "ssl" else name, value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        ]
        return urlunsplit(parts._replace(query=urlencode(options)))

    @property
    def server(self) -> str:
        """`host:port` of the server, or of several, comma-separated."""
        hosts = urlsplit(self.url).netloc.rpartition("@")[2]
        return ",".join(
            host
            if host.rpartition(":")[2].isdecimal() and not host.endswith("]")
            else f"{host}:5432"
            for host in hosts.split(",")
        )

    @property
    def user(self) -> str:
        return unquote(urlsplit(self.url).netloc.rpartition("@")[0].partition(":")[0])

    @property
    def database(self) -> str:
        return unquote(urlsplit(self.url).path.strip("/"))
