"""What the storage must hold, as the database knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlmodel import col

from core.adapters.db.tables import BlobRow
from core.model import Blob, BlobId

if TYPE_CHECKING:
    from datetime import datetime

    from core.adapters.db.engine import Database

_LIVING = col(BlobRow.doomed_at).is_(None)
_STORED = (_LIVING, col(BlobRow.stored_at).is_not(None))


class SqlBlobRecords:
    """Fulfils `core.ports.BlobRecords`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count_stored(self) -> tuple[int, int]:
        wanted = select(func.count(), func.coalesce(func.sum(col(BlobRow.size)), 0)).where(*_STORED)
        async with self._database.read() as session:
            count, size = (await session.execute(wanted)).one()
            return int(count), int(size)

    async def list_stored(
        self, after: BlobId | None, limit: int, since: datetime | None = None
    ) -> list[Blob]:
        wanted = (
            select(col(BlobRow.id), col(BlobRow.sha256), col(BlobRow.size))
            .where(*_STORED)
            .order_by(col(BlobRow.id))
            .limit(limit)
        )
        if after is not None:
            wanted = wanted.where(col(BlobRow.id) > after)
        if since is not None:
            wanted = wanted.where(col(BlobRow.stored_at) >= since)
        async with self._database.read() as session:
            found = (await session.execute(wanted)).all()
            return [Blob(BlobId(one), sha256, size) for one, sha256, size in found]

    async def dead_blobs(self, blob_ids: list[BlobId]) -> list[BlobId]:
        wanted = select(col(BlobRow.id)).where(col(BlobRow.id).in_(blob_ids), _LIVING)
        async with self._database.read() as session:
            living = set((await session.execute(wanted)).scalars())
            return [one for one in blob_ids if one not in living]
