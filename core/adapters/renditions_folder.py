"""Renditions in a folder of the local disk; those least recently used go first."""

from __future__ import annotations

import errno
import io
import logging
import os
import shutil
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from core.adapters.patience import PatientThreads
from core.errors import Unavailable
from core.model import BlobId

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator

CHUNK = 256 << 10
PORTION = 500
"""Ids given at a time."""

THREADS = 8
PATIENCE = 2.0
"""Seconds that a request waits for what can be made again."""

WALK_PATIENCE = 60.0
"""Seconds that a sweep waits for a portion of its work."""

NOTED_EVERY = 3_600
"""Seconds within which further uses are not noted: a write of the disk for each would be much."""

DRAFT = ".part"
DRAFT_LIFE = 3_600
"""Seconds after which a draft is one that a crash has left."""

GRAIN = 60
"""Seconds within which uses count as being at one time."""

SPARE = 10
"""What is removed beyond the limit, as its part: 1 / SPARE."""

REST = 50
"""How long after a walk none is begun, in times that it took."""

logger = logging.getLogger(__name__)


class FolderRenditionStore:
    """One file a rendition, at `aa/{blob id}/{name}`.

    A file appears under its name in one rename, when it is on disk whole: a crash leaves a
    rendition or none. A file's time of modification is that of its last use.

    Args:
        folder: made when it is needed; it may vanish at any time.
        limit: bytes that the files may take; 0 keeps nothing.

    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder = folder
        self._limit = limit
        # Threads of its own: a disk that hangs holds these, and nothing else of the process.
        self._threads = PatientThreads(THREADS, "renditions", _silent)
        self._walk_at = 0.0

    async def find(self, blob_id: BlobId, name: str) -> FileContent | None:
        try:
            return await self._threads.within(PATIENCE, self._find, self._path(blob_id, name))
        except Unavailable:
            return None

    async def measure(self, blob_id: BlobId, names: Iterable[str]) -> dict[str, int]:
        paths = [self._path(blob_id, name) for name in names]
        try:
            return await self._threads.within(PATIENCE, _sizes, paths)
        except Unavailable:
            return {}

    async def take(self, blob_id: BlobId, name: str | None, source: Path) -> FileContent:
        try:
            content = await self._threads.within(PATIENCE, self._opened, source)
        except OSError as err:
            logger.warning("a rendition can't be read: %s", err)
            raise _silent() from err
        if name is not None and content.size <= self._limit:
            target = self._path(blob_id, name)
            try:
                await self._threads.within(PATIENCE, _move, source, target)
            except (OSError, Unavailable) as err:
                logger.warning("a rendition is not kept: %s", err)
        return content

    async def remove(self, blob_ids: list[BlobId]) -> None:
        folders = [self._path(blob_id) for blob_id in blob_ids]
        with suppress(Unavailable):  # then a later walk finds them
            await self._threads.within(WALK_PATIENCE, _remove, folders)

    async def list_blobs(self) -> AsyncIterator[list[BlobId]]:
        for first in await self._threads.within(WALK_PATIENCE, _folders, self._folder):
            found = await self._threads.within(WALK_PATIENCE, _folders, first)
            ids = [BlobId(folder.name) for folder in found]
            for start in range(0, len(ids), PORTION):
                yield ids[start : start + PORTION]

    async def trim(self) -> int:
        began = time.monotonic()
        if began < self._walk_at:
            return 0
        removed = await self._trim()
        self._walk_at = time.monotonic() + (time.monotonic() - began) * REST
        return removed

    async def close(self) -> None:
        self._threads.close()

    async def _trim(self) -> int:
        """Walk once to know what lies there, and again, if it is too much, to remove."""
        now = time.time()
        sizes: Counter[int] = Counter()
        firsts = await self._threads.within(WALK_PATIENCE, _folders, self._folder)
        for first in firsts:
            sizes.update(await self._threads.within(WALK_PATIENCE, _measure, first, now))
        excess = sizes.total() - self._limit
        if excess <= 0:
            return 0
        to_free = excess + self._limit // SPARE
        last = _last_to_go(sizes, to_free)
        older = sum(size for used, size in sizes.items() if used < last)
        allowance = [to_free - older]
        removed = 0
        for first in firsts:
            removed += await self._threads.within(
                WALK_PATIENCE, _remove_unused, first, last, allowance
            )
        return removed

    def _path(self, blob_id: BlobId, name: str = "") -> Path:
        return self._folder / blob_id[:2] / blob_id / name

    def _find(self, path: Path) -> FileContent | None:
        try:
            found = self._opened(path)
        except OSError as err:
            if err.errno not in {errno.ENOENT, errno.ENOTDIR}:
                logger.warning("a rendition can't be read: %s", err)
            return None
        with suppress(OSError):
            used = os.fstat(found.descriptor).st_mtime
            if abs(time.time() - used) > NOTED_EVERY:
                os.utime(found.descriptor)
        return found

    def _opened(self, path: Path) -> FileContent:
        return FileContent(self._threads, io.FileIO(path))


class FileContent:
    """Fulfils `core.ports_bytes.Content`: an open file, readable even once its name is gone."""

    def __init__(self, threads: PatientThreads, file: io.FileIO) -> None:
        self._threads = threads
        self._file = file
        self.descriptor = file.fileno()
        self.size = os.fstat(self.descriptor).st_size

    async def stream(self, start: int, end: int) -> AsyncGenerator[bytes]:
        position = start
        while position < end:
            wanted = min(CHUNK, end - position)
            try:
                chunk = await self._threads.within(
                    PATIENCE, os.pread, self.descriptor, wanted, position
                )
            except OSError as err:
                logger.warning("a rendition can't be read: %s", err)
                raise _silent() from err
            if not chunk:
                raise _silent()
            position += len(chunk)
            yield chunk

    def close(self) -> None:
        self._file.close()


def _silent() -> Unavailable:
    return Unavailable("The storage can't be reached right now.", seconds=5)


def _move(source: Path, target: Path) -> None:
    """Give a finished file its place, on disk before it has its name."""
    draft = target.with_name(f"{os.urandom(8).hex()}{DRAFT}")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        try:
            source.rename(draft)
        except OSError as err:
            if err.errno != errno.EXDEV:
                raise
            shutil.copyfile(source, draft)
        descriptor = os.open(draft, os.O_RDONLY)
        try:
            # Else a power cut could leave a name with half of the bytes.
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        draft.rename(target)
    finally:
        with suppress(OSError):
            draft.unlink()


def _sizes(paths: list[Path]) -> dict[str, int]:
    found = {}
    for path in paths:
        with suppress(OSError):
            found[path.name] = path.stat().st_size
    return found


def _folders(folder: Path) -> list[Path]:
    """The folders in one; that can't be read has none."""
    try:
        with os.scandir(folder) as entries:
            return sorted(Path(entry.path) for entry in entries if entry.is_dir())
    except FileNotFoundError:
        return []
    except OSError as err:
        logger.warning("renditions can't be listed: %s", err)
        return []


def _remove(folders: list[Path]) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _files(first: Path) -> Iterator[tuple[Path, os.stat_result]]:
    for folder in _folders(first):
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # another process was faster
                    yield Path(entry.path), entry.stat(follow_symlinks=False)


def _measure(first: Path, now: float) -> Counter[int]:
    """Bytes by when they were used last; what crashes left goes."""
    found: Counter[int] = Counter()
    for path, stat in _files(first):
        if path.suffix == DRAFT and now - stat.st_mtime > DRAFT_LIFE:
            with suppress(OSError):
                path.unlink()
        else:
            found[_used(stat)] += stat.st_size
    return found


def _used(stat: os.stat_result) -> int:
    return int(stat.st_mtime) // GRAIN


def _last_to_go(sizes: Counter[int], to_free: int) -> int:
    """The latest time of use of which something has to go for so many bytes."""
    freed = 0
    for used in sorted(sizes):
        freed += sizes[used]
        if freed >= to_free:
            return used
    return max(sizes)


def _remove_unused(first: Path, last: int, allowance: list[int]) -> int:
    """Remove what was used before `last`, and of what was used then as many bytes as allowed."""
    removed = 0
    for path, stat in _files(first):
        used = _used(stat)
        if used > last or (used == last and allowance[0] <= 0):
            continue
        with suppress(OSError):
            path.unlink()
            removed += 1
            if used == last:
                allowance[0] -= stat.st_size
            with suppress(OSError):  # others are in it
                path.parent.rmdir()
    return removed
