"""Blobs in a folder of the local disk."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from core.errors import BlobMissing, StorageFull, Unavailable
from core.model import BlobId

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from datetime import datetime
    from pathlib import Path

CHUNK = 256 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class FolderBlobStore:
    """One file a blob, at `aa/bb/{id}` of the folder, so that no folder grows long.

    A blob is on disk, whole and fsynced (the file and the folders that name it) before `put`
    returns, and appears under its name in one rename: a crash leaves a blob or none.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, blob_id: BlobId, source: Path) -> None:
        await asyncio.to_thread(self._put, blob_id, source)

    async def read(self, blob_id: BlobId, start: int, end: int) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(self._open, blob_id)
        descriptor = file.fileno()
        try:
            position = start
            while position < end:
                wanted = min(CHUNK, end - position)
                with _translated():
                    chunk = await asyncio.to_thread(os.pread, descriptor, wanted, position)
                if not chunk:
                    raise BlobMissing("A stored file is shorter than its record says.")
                position += len(chunk)
                yield chunk
        finally:
            file.close()

    async def remove(self, blob_ids: list[BlobId]) -> None:
        await asyncio.to_thread(self._remove, blob_ids)

    async def list_older(self, before: datetime) -> AsyncIterator[list[BlobId]]:
        for folder in await asyncio.to_thread(self._leaves):
            yield await asyncio.to_thread(_older, folder, before.timestamp())

    async def check(self) -> None:
        await asyncio.to_thread(self._check)

    def _path(self, blob_id: BlobId) -> Path:
        return self._folder / blob_id[:2] / blob_id[2:4] / blob_id

    def _put(self, blob_id: BlobId, source: Path) -> None:
        target = self._path(blob_id)
        with _translated():
            if not target.parent.is_dir():
                self._make_folder(target.parent)
            draft = target.with_name(f"{blob_id}.{os.urandom(8).hex()}")
            try:
                _place(source, draft)
                _sync(draft)
                draft.rename(target)
            except OSError:
                with suppress(OSError):
                    draft.unlink()
                raise
            _sync(target.parent)

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)

    def _open(self, blob_id: BlobId) -> io.FileIO:
        with _translated():
            return io.FileIO(self._path(blob_id))

    def _remove(self, blob_ids: list[BlobId]) -> None:
        with _translated():
            for blob_id in blob_ids:
                self._path(blob_id).unlink(missing_ok=True)

    def _leaves(self) -> list[Path]:
        return sorted(path for path in self._folder.glob("*/*") if path.is_dir())

    def _check(self) -> None:
        """Write and remove a small file: a disk that is full or read-only shows here."""
        with _translated():
            self._make_folder(self._folder)
            probe = self._folder / f".probe.{os.getpid()}.{os.urandom(4).hex()}"
            try:
                probe.write_bytes(b"pixferry" * 512)
            finally:
                probe.unlink(missing_ok=True)


def _place(source: Path, draft: Path) -> None:
    """Bring the bytes to the blobs' disk: by a second name where it is one disk, else a copy."""
    try:
        draft.hardlink_to(source)
    except OSError as err:
        if err.errno not in {errno.EXDEV, errno.EPERM, errno.ENOTSUP, errno.EMLINK}:
            raise
        shutil.copyfile(source, draft)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _older(folder: Path, before: float) -> list[BlobId]:
    """Ids of the folder's files whose bytes came before that time; drafts of a crash, too."""
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.is_file() and entry.stat().st_ctime < before:
                    found.append(BlobId(entry.name))
    return found


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as err:
        raise BlobMissing from err
    except OSError as err:
        if err.errno in _FULL:
            raise StorageFull(seconds=30) from err
        raise Unavailable("The storage can't be reached right now.", seconds=5) from err
