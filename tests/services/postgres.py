"""A real PostgreSQL for tests."""

from __future__ import annotations

import contextlib
import glob
import itertools
import pwd
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import quote

from apart import run_apart
from needs import need_program
from servers import free_port
from services.daemon import Daemon, running

USER, PASSWORD = "pixferry", "test: a/word"
# The files need not survive a power cut of the machine; a killed server still keeps its word.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "127.0.0.1",
    "log_min_messages": "warning",
    "max_connections": "300",
    "shared_buffers": "32MB",
}


@dataclass
class PostgresServer(Daemon):
    """Databases are made by `new_database`, in the blink of an eye."""

    name: ClassVar[str] = "PostgreSQL"
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT  # fast: it waits for no client
    numbers: itertools.count = field(default_factory=itertools.count)

    @property
    def url(self) -> str:
        """The address of the database that every server has."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        who = f"{USER}:{quote(PASSWORD, safe='')}"
        return f"postgresql+asyncpg://{who}@127.0.0.1:{self.port}/{database}"

    def new_database(self, like: str | None = None) -> str:
        """The address of a new database: empty, or a copy of the one at `like`, which is at rest."""
        name = f"test_{next(self.numbers)}"
        template = like.rpartition("/")[2] if like else "template1"
        query(self.url, f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url_of(name)

    def prepare(self) -> None:
        """Make the files of a new server."""
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        secret.chmod(0o644)  # for the owner of the server, who is not root
        to = ["--pgdata", "data", "--username", USER, "--pwfile", "password"]
        how = ["--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync", "--no-instructions"]
        self.run_once(program("initdb"), *to, *how)

    def command(self) -> list[str]:
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        return [program("postgres"), "-D", "data", "-k", ".", "-p", str(self.port), *options]

    def answers(self) -> bool:
        asked = [program("pg_isready"), "--quiet", "--host=127.0.0.1", f"--port={self.port}"]
        return subprocess.run(asked, check=False).returncode == 0


def program(name: str) -> str:
    """Debian keeps the server's programs out of PATH; the newest version is taken."""
    versions = glob.glob("/usr/lib/postgresql/*/bin")
    return need_program(name, *sorted(versions, key=lambda path: -float(path.split("/")[4])))


def query(url: str, sql: str, *values) -> list[tuple]:
    """The rows of one statement, with `$1` for the first value."""

    async def ask(connection) -> list[tuple]:
        return [tuple(row) for row in await connection.fetch(sql, *values)]

    return run_apart(_connected(url, ask))


def run_for_each(url: str, sql: str, many: list[tuple]) -> None:
    """Run one statement for each tuple of values, in one transaction."""
    run_apart(_connected(url, lambda connection: connection.executemany(sql, many)))


async def _connected(url: str, work):
    import asyncpg

    connection = await asyncpg.connect(url.replace("+asyncpg", ""), timeout=30)
    try:
        return await work(connection)
    finally:
        await connection.close()


@contextlib.contextmanager
def running_postgres():
    """A PostgreSQL of one's own, for the length of a block."""
    program("initdb")
    with tempfile.TemporaryDirectory(prefix="pixferry-postgres-") as folder:
        server = PostgresServer(Path(folder), free_port(), owner=_account())
        server.prepare()
        with running(server):
            yield server


def _account() -> str:
    """PostgreSQL refuses to run as root."""
    known = {account.pw_name for account in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
