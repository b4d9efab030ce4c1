"""Two storages as one, while blobs move from the second to the first."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

from core.errors import BlobMissing

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from core.model import BlobId
    from core.ports import BlobStore


class FallbackBlobStore:
    """Writes to `first`; reads from it and, what it lacks, from `second`; removes from both."""

    def __init__(self, first: BlobStore, second: BlobStore) -> None:
        self._first = first
        self._second = second

    async def prepare(self) -> None:
        await self._first.prepare()
        await self._second.prepare()

    async def put(self, blob_id: BlobId, source: Path) -> None:
        await self._first.put(blob_id, source)

    async def read(self, blob_id: BlobId, start: int, end: int) -> AsyncGenerator[bytes]:
        # Thrice: a blob that moves between the first two looks is in neither of them.
        for store in (self._first, self._second):
            begun = False
            try:
                async with aclosing(store.read(blob_id, start, end)) as chunks:
                    async for chunk in chunks:
                        begun = True
                        yield chunk
            except BlobMissing:
                if begun:
                    raise
            else:
                return
        async with aclosing(self._first.read(blob_id, start, end)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def locate(self, blob_id: BlobId) -> Path | None:  # noqa: ARG002  the port's signature
        return None  # it may move away while it is read

    async def remove(self, blob_ids: list[BlobId]) -> None:
        # The second one first: whoever is moving a blob then finds none to take along.
        await self._second.remove(blob_ids)
        await self._first.remove(blob_ids)

    async def list_older(self, before: datetime) -> AsyncIterator[list[BlobId]]:
        for store in (self._first, self._second):
            async for portion in store.list_older(before):
                yield portion

    async def check(self) -> None:
        await asyncio.gather(self._first.check(), self._second.check())

    async def close(self) -> None:
        await self._first.close()
        await self._second.close()
