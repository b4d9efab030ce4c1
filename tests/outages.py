"""Ways in which a service goes away and comes back, each for the length of a block."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from needs import need_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from services.daemon import Daemon
    from services.postgres import PostgresServer

LASTS = float(os.environ.get("PIXFERRY_TEST_OUTAGE", "7"))
"""Seconds that a frozen service stays frozen; longer than any request is to wait for it."""


@contextmanager
def stopped(daemon: Daemon) -> Iterator[None]:
    """Its operator has stopped it."""
    daemon.stop()
    try:
        yield
    finally:
        daemon.start()


@contextmanager
def killed(daemon: Daemon) -> Iterator[None]:
    """Its machine has lost its power."""
    daemon.kill()
    try:
        yield
    finally:
        daemon.start()


@contextmanager
def frozen(daemon: Daemon) -> Iterator[None]:
    """It takes connections and says nothing."""
    began = time.monotonic()
    daemon.freeze()
    try:
        yield
        time.sleep(max(0, began + LASTS - time.monotonic()))
    finally:
        daemon.thaw()


OUTAGES = (stopped, killed, frozen)


@contextmanager
def small_disk(folder: Path, size: str = "3m", owner: str = "root") -> Iterator[None]:
    """A disk of its own at that folder; without the rights to mount one, the test is skipped."""
    if not shutil.which("mount"):
        pytest.skip("there is no `mount` here")
    folder.mkdir(parents=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no disk of a test's own can be mounted here: {mounted.stderr.strip()}")
    shutil.chown(folder, owner)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def fill(folder: Path) -> Path:
    """Take all the room that is left; gives the file to remove."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as out:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    out.write(b"x" * size)
            except OSError:
                continue
    return ballast


@contextmanager
def in_transaction(url: str, sql: str) -> Iterator[None]:
    """Somebody has run this and neither commits nor rolls back."""
    session = subprocess.Popen(
        [need_program("psql"), "-qAt", url.replace("+asyncpg", "")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with session:
        session.stdin.write(f"BEGIN; {sql};\n\\echo done\n")
        session.stdin.flush()
        assert session.stdout.readline() == "done\n"
        yield
        session.stdin.write("ROLLBACK;\n")


@contextmanager
def all_connections_taken(postgres: PostgresServer, most: int) -> Iterator[None]:
    """Others have every connection that the server has."""
    import asyncpg

    async def take() -> list[asyncpg.Connection]:
        taken = []
        deadline = time.monotonic() + 30
        while len(taken) < most:
            assert time.monotonic() < deadline
            try:
                taken.append(await asyncpg.connect(postgres.url.replace("+asyncpg", "")))
            except asyncpg.TooManyConnectionsError:
                await taken[0].fetch(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE backend_type = 'client backend' AND application_name = 'pixferry'"
                )
        return taken

    async def release(taken: list[asyncpg.Connection]) -> None:
        for connection in taken:
            await connection.close()

    with asyncio.Runner() as runner:
        taken = runner.run(take())
        try:
            yield
        finally:
            runner.run(release(taken))
