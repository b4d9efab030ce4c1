"""Folders for the files of requests, while they are worked on."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import TYPE_CHECKING

from core.errors import StorageFull

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_PROBE = bytes(64 * 1024)


class Workspaces:
    """Makes folders below one, and removes them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Path]:
        """A folder for one request's files, removed with all in it at the end.

        Raises:
            StorageFull: there is no room for it, or the disk takes nothing.
        """
        folder = await asyncio.to_thread(self._make)
        try:
            yield folder
        finally:
            # A large file takes a millisecond to remove, and a sick disk much longer.
            removal = asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
            await asyncio.shield(removal)

    async def check_room(self) -> None:
        """Raise StorageFull unless files can be received right now."""
        await asyncio.to_thread(self._try_room)

    def _make(self) -> Path:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            return Path(mkdtemp(dir=self._folder))
        except OSError as err:
            raise self._full(err) from err

    def _try_room(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with TemporaryFile(dir=self._folder, buffering=0) as probe:
                probe.write(_PROBE)
        except OSError as err:
            raise self._full(err) from err

    def _full(self, err: OSError) -> StorageFull:
        reason = f"The folder {self._folder} takes nothing: {err.strerror or err}."
        return StorageFull("The server can't take files right now.", seconds=30, reason=reason)
