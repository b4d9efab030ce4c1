"""Blobs in a folder of the local disk."""

from __future__ import annotations

import errno
import io
import logging
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from core.adapters.patience import PatientThreads
from core.errors import BlobMissing, StorageFull, Unavailable
from core.model import BlobId

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator
    from datetime import datetime
    from pathlib import Path

CHUNK = 256 * 1024
FOLDERS = 64
"""Folders listed in one call: there are 65,536 of them, most of them with few files or none."""

PORTION = 500
"""Ids given at a time."""

THREADS = 16
PATIENCE = 4.5
"""Seconds that a request waits for the disk."""

SLOWEST = 10 << 20
"""Bytes a second that even a slow disk takes: a large file has so much more time."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_OUT_OF_REACH = "The storage can't be reached right now."

logger = logging.getLogger(__name__)


class FolderBlobStore:
    """One file a blob, at `aa/bb/{id}` of the folder, so that no folder grows long.

    A blob is on disk, whole and fsynced (the file and the folders that name it) before `put`
    returns, and appears under its name in one rename: a crash leaves a blob or none.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder that exists.

        Should it vanish (a disk that is no longer mounted), nothing is stored in its place.
        """
        self._folder = folder
        # Threads of its own: a disk that hangs holds these, and nothing else of the process.
        self._threads = PatientThreads(THREADS, "blobs", _silent)

    async def prepare(self) -> None:
        """Nothing: a folder that is absent is made by whoever knows that it may be new."""

    async def put(self, blob_id: BlobId, source: Path) -> None:
        size = (await self._threads.within(PATIENCE, source.stat)).st_size
        await self._threads.within(PATIENCE + size / SLOWEST, self._put, blob_id, source)

    async def read(self, blob_id: BlobId, start: int, end: int) -> AsyncGenerator[bytes]:
        file = await self._threads.within(PATIENCE, self._open, blob_id)
        descriptor = file.fileno()
        try:
            position = start
            while position < end:
                wanted = min(CHUNK, end - position)
                with _translated():
                    chunk = await self._threads.within(
                        PATIENCE, os.pread, descriptor, wanted, position
                    )
                if not chunk:
                    raise BlobMissing("A stored file is shorter than its record says.")
                position += len(chunk)
                yield chunk
        finally:
            file.close()

    async def locate(self, blob_id: BlobId) -> Path | None:
        path = self._path(blob_id)
        return path if await self._threads.within(PATIENCE, path.is_file) else None

    async def remove(self, blob_ids: list[BlobId]) -> None:
        await self._threads.within(None, self._remove, blob_ids)

    async def list_older(self, before: datetime) -> AsyncIterator[list[BlobId]]:
        leaves = await self._threads.within(None, self._leaves)
        for start in range(0, len(leaves), FOLDERS):
            some = leaves[start : start + FOLDERS]
            found = await self._threads.within(None, _older, some, before.timestamp())
            for first in range(0, len(found), PORTION):
                yield found[first : first + PORTION]

    async def check(self) -> None:
        await self._threads.within(PATIENCE, self._check)

    async def close(self) -> None:
        self._threads.close()

    def _path(self, blob_id: BlobId) -> Path:
        return self._folder / blob_id[:2] / blob_id[2:4] / blob_id

    def _put(self, blob_id: BlobId, source: Path) -> None:
        target = self._path(blob_id)
        with self._present():
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
        """Make `aa/bb` within the storage."""
        for made in (folder.parent, folder):
            made.mkdir(exist_ok=True)
            _sync(made.parent)

    def _open(self, blob_id: BlobId) -> io.FileIO:
        with _translated():
            return io.FileIO(self._path(blob_id))

    def _remove(self, blob_ids: list[BlobId]) -> None:
        with self._present():
            for blob_id in blob_ids:
                self._path(blob_id).unlink(missing_ok=True)

    def _leaves(self) -> list[Path]:
        with self._present():
            return sorted(path for path in self._folder.glob("*/*") if path.is_dir())

    def _check(self) -> None:
        """Write and remove a small file: a disk that is full or read-only shows here."""
        with self._present():
            # Named as a blob's draft is, so that one left by a crash is swept like these.
            probe = self._path(BlobId(f"0000.probe.{os.urandom(8).hex()}"))
            self._make_folder(probe.parent)
            try:
                probe.write_bytes(b"pixferry" * 512)
            finally:
                probe.unlink(missing_ok=True)

    @contextmanager
    def _present(self) -> Iterator[None]:
        """Translate failures; that the folder itself is gone is one, not an empty storage."""
        if not self._folder.is_dir():
            logger.warning("the storage's folder is gone: %s", self._folder)
            raise Unavailable(_OUT_OF_REACH, seconds=5)
        with _translated():
            yield


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


def _older(folders: list[Path], before: float) -> list[BlobId]:
    """Ids of the folders' files whose bytes came before that time; drafts of a crash, too."""
    return [blob_id for folder in folders for blob_id in _older_within(folder, before)]


def _older_within(folder: Path, before: float) -> list[BlobId]:
    found = []
    with _translated(), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if entry.is_file() and entry.stat().st_ctime < before:
                    found.append(BlobId(entry.name))
    return found


def _silent() -> Unavailable:
    logger.warning("the storage has not answered within its time")
    return Unavailable(_OUT_OF_REACH, seconds=5)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as err:
        raise BlobMissing(reason=f"There is no file {err.filename}.") from err
    except OSError as err:
        logger.warning("storage out of reach: %s", err)
        if err.errno in _FULL:
            raise StorageFull(seconds=30) from err
        raise Unavailable(_OUT_OF_REACH, seconds=5) from err
