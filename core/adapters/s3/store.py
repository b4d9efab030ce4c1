"""Blobs as objects of an S3 server."""

from __future__ import annotations

import asyncio
from stat import S_ISREG
from threading import Event
from typing import TYPE_CHECKING

from core.adapters.patience import PatientThreads
from core.adapters.s3.bucket import Bucket

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from core.model import BlobId
    from core.service_urls import S3Address

THREADS = 16
SENDERS = 8
"""Files sent at a time: each has a part of itself in memory."""

PATIENCE = 4.5
"""Seconds that a request waits for the storage."""

SLOWEST = 1 << 20
"""Bytes a second that a storage takes: a large file has so much more time while it moves."""

ASKED = 3
"""Times that a blob is asked for, from where it broke off."""

REMOVED = 50
"""Blobs removed in one request: there are servers that remove them one by one."""


class S3BlobStore:
    """One object a blob. S3 shows an object when it is whole, and not before."""

    def __init__(self, address: S3Address) -> None:
        """Connect to nothing yet.

        Raises:
            Unavailable: no such address can be used.
        """
        self._bucket = Bucket(address)
        silent = self._bucket.failures.silent
        self._threads = PatientThreads(THREADS, "s3", silent)
        self._senders = PatientThreads(SENDERS, "s3-put", silent)

    async def prepare(self) -> None:
        await self._threads.within(PATIENCE, self._bucket.prepare)

    async def put(self, blob_id: BlobId, source: Path) -> None:
        found = await asyncio.to_thread(source.stat)
        # What gives a pipe its bytes has time; the storage has no more of it than otherwise.
        patience = PATIENCE + found.st_size / SLOWEST if S_ISREG(found.st_mode) else None
        given_up = Event()
        try:
            await self._senders.within(patience, self._bucket.put, blob_id, source, given_up)
        finally:
            given_up.set()

    async def read(self, blob_id: BlobId, start: int, end: int) -> AsyncGenerator[bytes]:
        position = start
        for _ in range(ASKED):
            if position >= end:
                return
            incoming = await self._threads.within(
                PATIENCE, self._bucket.open, blob_id, position, end
            )
            try:
                chunk = incoming.first
                while chunk:
                    position += len(chunk)
                    yield chunk
                    if position == end:
                        return
                    chunk = await self._threads.within(PATIENCE, incoming.read)
            finally:
                incoming.close()
        raise self._bucket.failures.broken_off()

    async def locate(self, blob_id: BlobId) -> Path | None:  # noqa: ARG002  the port's signature
        return None

    async def remove(self, blob_ids: list[BlobId]) -> None:
        for first in range(0, len(blob_ids), REMOVED):
            some = blob_ids[first : first + REMOVED]
            await self._threads.within(PATIENCE, self._bucket.remove, some)

    async def list_older(self, before: datetime) -> AsyncIterator[list[BlobId]]:
        steps = self._bucket.list_older(before)
        while (found := await self._threads.within(PATIENCE, next, steps, None)) is not None:
            if found:
                yield found

    async def check(self) -> None:
        await self._threads.within(PATIENCE, self._bucket.check)

    async def close(self) -> None:
        for threads in (self._threads, self._senders):
            threads.close()
        self._bucket.close()
