"""Whether the database can be used by this version."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from core.choices import inspect_database
from core.errors import Unavailable
from core.service_urls import SQLITE
from core.setting_types import PREFIX
from pixferry.doctor.findings import Finding, ok, warning, wrong
from pixferry.doctor.machine import examine_folder

if TYPE_CHECKING:
    from core.model import DatabaseState
    from core.settings import Settings

_MOUNTS = Path("/proc/self/mounts")
_NETWORK = ("nfs", "cifs", "smb", "9p", "ceph", "glusterfs", "lustre", "fuse.", "afs")


async def check(settings: Settings) -> list[Finding]:
    """Ask it for its version, revision and rights."""
    if not settings.database.startswith(SQLITE):
        state = await inspect_database(settings)
        return [_of_state(state), *_of_pool(state, settings.database_pool)]
    file = Path(unquote(settings.database.removeprefix(SQLITE).partition("?")[0]))
    variable = f"{PREFIX}{'DATABASE_URL' if settings.database_url else 'DATA_DIR'}"
    absent = await asyncio.to_thread(_of_absent, file, variable)
    # To open it would make it.
    findings = absent or [await _of_sqlite(settings, file, variable)]
    if kind := await asyncio.to_thread(file_system, file):
        findings.append(
            warning(
                f"{file} lies on a network file system ({kind}), whose locks SQLite can't rely on.",
                f"Move it to a local disk ({variable}), or use PostgreSQL.",
            )
        )
    return findings


async def _of_sqlite(settings: Settings, file: Path, variable: str) -> Finding:
    try:
        return _of_state(await inspect_database(settings))
    except Unavailable as err:
        return wrong(
            f"{variable}: SQLite can't use {file}: {err.reason}",
            "Restore it from a backup, or name another file.",
        )


def _of_absent(file: Path, variable: str) -> list[Finding]:
    """What to say of a file that is yet to be made; nothing of one that is there."""
    if file.is_dir():
        return [wrong(f"{variable}: {file} is a folder, not a file.")]
    if file.exists():
        return []
    folder = examine_folder(file.parent.resolve(), variable)
    return [folder if folder.advice else ok(f"SQLite; {file} is made at the first start.")]


def file_system(file: Path, mounts: Path = _MOUNTS) -> str | None:
    """The kind of network file system that a file lies on; None: it is local, or unknown."""
    if not mounts.exists():  # not Linux
        return None
    kinds = {}
    for line in mounts.read_text(errors="replace").splitlines():
        _, point, kind, *_ = line.split(" ")
        kinds[point.encode().decode("unicode_escape")] = kind
    path = file.resolve()
    kind = next((kinds[str(one)] for one in (path, *path.parents) if str(one) in kinds), "")
    return kind if kind.startswith(_NETWORK) else None


def _of_state(state: DatabaseState) -> Finding:
    behind = f"{state.server} answers; revision {state.revision}"
    if state.unwritable:
        return wrong(f"{state.server} can be read and not written: {state.unwritable}")
    if state.revision is None:
        return ok(f"{state.server} answers; it is empty, and filled at the first start.")
    if state.revision > state.newest:
        return wrong(
            f"{behind} is newer than this version's {state.newest}.",
            "Start the version that made it, or restore the backup made before the upgrade.",
        )
    if state.revision < state.newest:
        return warning(
            f"{behind} is behind this version's {state.newest}.",
            "Make a backup; the next start, or `pixferry migrate`, brings it up to date.",
        )
    return ok(f"{behind} is this version's.")


def _of_pool(state: DatabaseState, pool: int) -> list[Finding]:
    if state.max_connections is None:
        return []
    processes = state.max_connections // (pool + 1)  # and one that listens for changes
    room = f"It takes {state.max_connections} connections ({state.connections} are open)"
    if processes < 1:
        return [
            wrong(
                f"{room}, fewer than one process may open: {PREFIX}DATABASE_POOL is {pool}.",
                f"Lower {PREFIX}DATABASE_POOL, or raise max_connections.",
            )
        ]
    return [ok(f"{room}: enough for {processes} processes with {PREFIX}DATABASE_POOL={pool}.")]
