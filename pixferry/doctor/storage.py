"""Whether the storage keeps bytes, gives them back, and lets them go."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import aclosing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from core.choices import open_blobs
from core.data_folder import find_folder
from core.errors import BlobMissing
from core.model import BlobId
from core.setting_types import PREFIX
from pixferry.doctor.findings import Finding, ok, warning, wrong
from pixferry.doctor.machine import examine_folder

if TYPE_CHECKING:
    from core.ports import BlobStore
    from core.service_urls import S3Address
    from core.settings import Settings

SIZE = 300_000
_RANGE = (100_000, 270_000)


async def check(settings: Settings) -> list[Finding]:
    """Send a probe through the storage that pictures are written to."""
    variable = f"{PREFIX}{'STORAGE_URL' if settings.storage_url else 'DATA_DIR'}"
    place = settings.storage
    if isinstance(place, Path):
        folder = await asyncio.to_thread(examine_folder, place, variable)
        if folder.advice or not await asyncio.to_thread(place.is_dir):
            return [folder]
    return [await _try_out(place, variable)]


async def check_fallback(settings: Settings) -> list[Finding]:
    """The same with the storage that is read besides."""
    variable, place = f"{PREFIX}STORAGE_FALLBACK_URL", settings.storage_fallback
    if place is None:
        return []
    if str(place) == str(settings.storage):
        return [warning(f"{variable} names the storage in use.", f"Unset {variable}.")]
    if isinstance(place, Path):
        await asyncio.to_thread(find_folder, place, variable)
    moving = warning(
        "Pictures are read from two storages.",
        f"Run `pixferry storage move`, then unset {variable}.",
    )
    return [await _try_out(place, variable), moving]


async def _try_out(place: S3Address | Path, variable: str) -> Finding:
    store = open_blobs(place)
    try:
        await store.prepare()
        await store.check()
        began = time.monotonic()
        fault = await round_trip(store)
        spent = time.monotonic() - began
    finally:
        await store.close()
    where = f"the folder {place}" if isinstance(place, Path) else str(place)
    if fault:
        return wrong(f"{where} {fault}", f"Use a storage that does: {variable}.")
    return ok(f"{where} keeps bytes, gives ranges of them, and lets them go ({spent:.2f} s).")


async def round_trip(store: BlobStore) -> str | None:
    """Put a probe, read it whole and in part, remove it; gives what the storage did wrong."""
    probe, data = BlobId(secrets.token_hex(16)), secrets.token_bytes(SIZE)
    with TemporaryDirectory() as folder:
        file = Path(folder, "probe")
        await asyncio.to_thread(file.write_bytes, data)
        try:
            await store.put(probe, file)
            if await _read(store, probe, 0, SIZE) != data:
                return "gives back other bytes than it was given."
            start, end = _RANGE
            if await _read(store, probe, start, end) != data[start:end]:
                return "gives other bytes than the range that was asked for."
        finally:
            await store.remove([probe])
    try:
        await _read(store, probe, 0, 1)
    except BlobMissing:
        return None
    return "still has what was removed from it."


async def _read(store: BlobStore, probe: BlobId, start: int, end: int) -> bytes:
    async with aclosing(store.read(probe, start, end)) as chunks:
        return b"".join([chunk async for chunk in chunks])
