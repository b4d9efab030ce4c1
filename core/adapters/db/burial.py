"""Removing images, as a step within the caller's transaction.

In which order rows are locked: see `locks`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.orm import load_only
from sqlmodel import col

from core.adapters.db import ledger, locks
from core.adapters.db.columns import UtcDateTime
from core.adapters.db.tables import BlobRow, MediaRow, TombstoneRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession


_NEEDED: tuple[Any, ...] = (
    col(MediaRow.id),
    col(MediaRow.team_id),
    col(MediaRow.blob_id),
    col(MediaRow.sidecar_id),
    col(MediaRow.filesize),
    col(MediaRow.created_at),
)
"""What burying an image asks of its row; a batch reads no more."""


async def lock(
    session: AsyncSession, *conditions: ColumnElement[bool], limit: int | None = None
) -> Sequence[MediaRow]:
    """Take hold of images; those that somebody else holds right now are left to them."""
    step = (
        select(MediaRow)
        .where(*conditions)
        .limit(limit)
        .with_for_update(skip_locked=limit is not None, of=MediaRow)
    )
    if limit is None:
        step = step.order_by(col(MediaRow.id))
    else:  # a batch waits for nobody, and an order would cost it its index
        step = step.options(load_only(*_NEEDED, raiseload=True))
    return (await session.execute(step)).scalars().all()


async def bury(session: AsyncSession, rows: Sequence[MediaRow], reason: str, now: datetime) -> None:
    """Leave tombstones, give storage back, let go of the blobs, drop the rows."""
    if not rows:
        return
    await session.execute(
        insert(TombstoneRow).from_select(
            ["id", "gone_at", "reason", "was_public"],
            select(
                col(MediaRow.id),
                literal(now, UtcDateTime),
                literal(reason),
                col(MediaRow.public),
            ).where(col(MediaRow.id).in_([row.id for row in rows])),
        )
    )
    sizes: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.team_id is not None:
            sizes[row.team_id].append(row.filesize)
    for team_id, freed in sorted(sizes.items()):
        await ledger.give_back(session, team_id, sum(freed), len(freed))
    await _drop(session, rows, now)


async def undo(session: AsyncSession, rows: Sequence[MediaRow], now: datetime) -> None:
    """Take reservations back: quota, the upload counted with each, the hold on their blobs."""
    if not rows:
        return
    for row in sorted(rows, key=lambda row: row.team_id or 0):
        if row.team_id is not None:
            await ledger.give_back(session, row.team_id, row.filesize, 1, upload_of=row.created_at)
    await _drop(session, rows, now)


async def _drop(session: AsyncSession, rows: Sequence[MediaRow], now: datetime) -> None:
    """Drop rows; their blobs are under suspicion of being nobody's from here on."""
    blobs = {row.blob_id for row in rows} | {row.sidecar_id for row in rows if row.sidecar_id}
    await session.execute(
        delete(MediaRow)
        .where(col(MediaRow.id).in_([row.id for row in rows]))
        .execution_options(synchronize_session=False)
    )
    await locks.hold_blobs(session, blobs)
    await session.execute(
        update(BlobRow)
        .where(col(BlobRow.id).in_(sorted(blobs)))
        .values(suspect_at=now)
        .execution_options(synchronize_session=False)
    )
