"""The sweeper's side of the catalog, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, union, update
from sqlmodel import col

from core.adapters.db import burial, locks
from core.adapters.db.inbox_table import InboxRow
from core.adapters.db.tables import BlobRow, MediaRow
from core.model import BlobId

if TYPE_CHECKING:
    from datetime import datetime

    from core.adapters.db.engine import Database


class SqlUndertaker:
    """Small batches, each one short commit, safe beside others doing the same."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def bury_expired(self, now: datetime, limit: int) -> int:
        async with self._database.write() as session:
            rows = await burial.lock(session, col(MediaRow.expires_at) <= now, limit=limit)
            await burial.bury(session, rows, "expired", now)
            return len(rows)

    async def clear_abandoned(self, before: datetime, now: datetime, limit: int) -> int:
        async with self._database.write() as session:
            rows = await burial.lock(
                session,
                col(MediaRow.published_at).is_(None),
                col(MediaRow.created_at) < before,
                limit=limit,
            )
            await burial.undo(session, rows, now)
            return len(rows)

    async def doom_blobs(self, now: datetime, limit: int) -> int:
        async with self._database.write() as session:
            suspects = (
                select(col(BlobRow.id))
                .where(col(BlobRow.suspect_at).is_not(None), col(BlobRow.doomed_at).is_(None))
                .limit(limit)
                .with_for_update(skip_locked=True)
            )
            judged = list((await session.execute(suspects)).scalars())
            if not judged:
                return 0
            held = set(
                (
                    await session.execute(
                        union(
                            select(col(MediaRow.blob_id)).where(col(MediaRow.blob_id).in_(judged)),
                            select(col(MediaRow.sidecar_id)).where(
                                col(MediaRow.sidecar_id).in_(judged)
                            ),
                        )
                    )
                ).scalars()
            )
            await session.execute(
                update(BlobRow)
                .where(col(BlobRow.id).in_(judged))
                .values(suspect_at=None)
                .execution_options(synchronize_session=False)
            )
            await session.execute(
                update(BlobRow)
                .where(col(BlobRow.id).in_([one for one in judged if one not in held]))
                .values(doomed_at=now)
                .execution_options(synchronize_session=False)
            )
            return len(judged)

    async def doomed_blobs(self, limit: int) -> list[BlobId]:
        async with self._database.read() as session:
            wanted = select(col(BlobRow.id)).where(col(BlobRow.doomed_at).is_not(None)).limit(limit)
            return [BlobId(one) for one in (await session.execute(wanted)).scalars()]

    async def forget_blobs(self, blob_ids: list[BlobId]) -> None:
        async with self._database.write() as session:
            await locks.hold_blobs(session, blob_ids)
            await session.execute(
                delete(BlobRow)
                .where(col(BlobRow.id).in_(blob_ids), col(BlobRow.doomed_at).is_not(None))
                .execution_options(synchronize_session=False)
            )

    async def unknown_blobs(self, blob_ids: list[BlobId]) -> list[BlobId]:
        async with self._database.read() as session:
            wanted = select(col(BlobRow.id)).where(col(BlobRow.id).in_(blob_ids))
            known = set((await session.execute(wanted)).scalars())
            return [one for one in blob_ids if one not in known]

    async def forget_told(self, before: datetime, limit: int) -> int:
        old = (
            select(col(InboxRow.id))
            .where(col(InboxRow.created_at) < before)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        async with self._database.write() as session:
            ids = (await session.execute(old)).scalars().all()
            if ids:
                await session.execute(
                    delete(InboxRow)
                    .where(col(InboxRow.id).in_(ids))
                    .execution_options(synchronize_session=False)
                )
            return len(ids)
