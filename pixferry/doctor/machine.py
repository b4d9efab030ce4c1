"""What the machine itself must offer: a data folder, a key, a file of plans."""

from __future__ import annotations

import asyncio
import shutil
import stat
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from rich.filesize import decimal

from core.data_folder import KEY_FILE, signing_keys
from core.model import GB, MB
from core.plans import load_dialects, load_plans
from core.setting_types import PREFIX
from pixferry.doctor.findings import Finding, Level, ok, warning, wrong

if TYPE_CHECKING:
    from pathlib import Path

    from core.settings import Settings

LITTLE = 2 * GB
TOO_LITTLE = 100 * MB


async def check_data_folder(settings: Settings) -> list[Finding]:
    """Whether `DATA_DIR` can be written, and has room for what is being worked on."""
    folder = settings.data_dir.resolve()
    return [await asyncio.to_thread(examine_folder, folder, f"{PREFIX}DATA_DIR")]


def examine_folder(folder: Path, variable: str) -> Finding:
    """Whether a folder of ours can be written, or made at the first start; it is not made here."""
    there = folder.is_dir()
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    try:
        with TemporaryFile(dir=nearest):
            pass
    except OSError as err:
        return wrong(
            f"{variable}: {nearest} can't be written: {err.strerror}.",
            "Give it to the user that runs Pixferry, or name another folder.",
        )
    free = shutil.disk_usage(nearest).free
    text = f"{folder} {'can be written' if there else 'is made at the first start'}"
    room = f"{text}; {decimal(free)} are free."
    if free < TOO_LITTLE:
        return wrong(room, "Make room: uploads fail without.")
    if free < LITTLE:
        return warning(room, "Make room before it runs out: uploads fail then.")
    return ok(room)


async def check_renditions(settings: Settings) -> list[Finding]:
    """Whether `DERIVED_DIR`, where it is set, can be written; without, all works, and slower."""
    if settings.derived_dir is None or not settings.derived_limit:
        return []
    variable = f"{PREFIX}DERIVED_DIR"
    found = await asyncio.to_thread(examine_folder, settings.derived_folder, variable)
    if found.level is Level.OK:
        return [found]
    return [warning(found.text, "Until then renditions are made anew whenever they are wanted.")]


async def check_secret_key(settings: Settings) -> list[Finding]:
    """Whether the key is long enough, and nobody else's to read."""
    file = settings.data_dir / KEY_FILE
    if settings.secret_key:
        signing_keys(settings)
        count = len(settings.secret_key)
        return [ok(f"{PREFIX}SECRET_KEY has {count} key{'s' if count > 1 else ''}.")]
    if not file.exists():
        return [ok(f"It is made at the first start, in {file}.")]
    signing_keys(settings)
    mode = stat.S_IMODE(file.stat().st_mode)
    if mode & 0o077:
        return [
            warning(
                f"{file} can be read by other users of this machine (mode {mode:04o}).",
                f"chmod 600 {file}",
            )
        ]
    return [ok(f"{file} is for its owner alone.")]


async def check_plans(settings: Settings) -> list[Finding]:
    """Whether the table of plans can be used."""
    plans = await asyncio.to_thread(load_plans, settings.plans_file)
    await asyncio.to_thread(load_dialects, settings.plans_file)
    return [ok(f"{', '.join(plans)} ({settings.plans_file or 'built in'}).")]
