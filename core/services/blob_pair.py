"""Two storages, from the first of which blobs move to the second."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import aclosing, asynccontextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from core.errors import BlobMissing, InvalidInput, StorageFull
from core.model import BlobId

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from core.model import Blob
    from core.ports import BlobStore

_PROBE = b"pixferry looks whether source and target are one storage"


class Damaged(Exception):
    """The source's bytes are not those that were stored there."""


class BlobPair:
    """Copies between two storages, never trusting a copy that it has not checked."""

    def __init__(self, source: BlobStore, target: BlobStore, work_folder: Path) -> None:
        self.source = source
        self.target = target
        self._work_folder = work_folder

    async def refuse_one_storage(self) -> None:
        """Two addresses may lead to one place: only bytes that are put in one can tell.

        Raises:
            InvalidInput: they do.
        """
        probe = BlobId(secrets.token_hex(16))
        async with self._draft() as draft:
            draft.write_bytes(_PROBE)
            await self.target.put(probe, draft)
        try:
            if await _has(self.source, probe, len(_PROBE)):
                raise InvalidInput("Source and target are one storage: there is nothing to move.")
        finally:
            await self.target.remove([probe])

    async def bring(self, blob: Blob, *, verify: bool) -> bool:
        """See to it that the target has the blob; gives whether it had to be copied.

        `verify` reads what is there already, whole; else its length is believed.

        Raises:
            BlobMissing: neither storage has it.
            Damaged: the source's bytes have another hash than the record.
        """
        if verify:
            if await self.is_whole(blob):
                return False
        elif await _has(self.target, blob.id, blob.size):
            return False
        try:
            await self._copy(blob)
        except BlobMissing:
            if await self.is_whole(blob):
                return False  # another move has brought it just now
            raise
        return True

    async def release(self, blob: Blob) -> bool:
        """Remove it from the source, once the target gives it back whole; gives whether it did.

        Raises:
            Damaged: the target does not, and the source can't mend it.
        """
        if not await _has(self.source, blob.id, blob.size):
            return False
        if not await self.is_whole(blob):
            await self._copy(blob)
            if not await self.is_whole(blob):
                raise Damaged
        await self.source.remove([blob.id])
        return True

    async def is_whole(self, blob: Blob) -> bool:
        """Whether the target has the blob's very bytes: reads them all."""
        digest = sha256()
        try:
            async with aclosing(self.target.read(blob.id, 0, blob.size)) as chunks:
                async for chunk in chunks:
                    digest.update(chunk)
        except BlobMissing:
            return False
        return digest.hexdigest() == blob.sha256

    async def _copy(self, blob: Blob) -> None:
        digest = sha256()
        async with self._draft() as draft:
            with await asyncio.to_thread(draft.open, "wb") as out:
                async with aclosing(self.source.read(blob.id, 0, blob.size)) as chunks:
                    async for chunk in chunks:
                        digest.update(chunk)
                        out.write(chunk)
            if digest.hexdigest() != blob.sha256:
                raise Damaged
            await self.target.put(blob.id, draft)

    @asynccontextmanager
    async def _draft(self) -> AsyncIterator[Path]:
        """A file that is gone at the end, in a folder that a sweep clears after a crash."""
        try:
            with TemporaryDirectory(dir=self._work_folder) as folder:
                yield Path(folder, "draft")
        except OSError as err:
            raise StorageFull(
                reason=f"The folder {self._work_folder} takes nothing: {err}"
            ) from err


async def _has(store: BlobStore, blob_id: BlobId, size: int) -> bool:
    """Whether it is there, whole: no store passes a shorter one off, so its last byte tells."""
    try:
        async with aclosing(store.read(blob_id, max(0, size - 1), size)) as chunks:
            async for _ in chunks:
                pass
    except BlobMissing:
        return False
    return True
