"""Quota, as steps within the caller's transaction: conditional updates of one row a team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, update
from sqlmodel import col

from core.adapters.db.rows import month_of, usage_from
from core.adapters.db.tables import UsageRow
from core.errors import QuotaExceeded, StorageExceeded

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.model import Plan


async def take(session: AsyncSession, team_id: int, plan: Plan, size: int, now: datetime) -> None:
    """Count one upload of `size` bytes, if both still fit; of many at once just as many do.

    Raises:
        QuotaExceeded: the month's uploads are used up.
        StorageExceeded: the storage is.
    """
    month = month_of(now)
    # `>`: a clock that steps back over the month's turn must not empty the count.
    same = col(UsageRow.month) >= month
    uploads = case((same, col(UsageRow.uploads)), else_=0)
    step = (
        update(UsageRow)
        .where(col(UsageRow.team_id) == team_id)
        .values(
            month=case((same, col(UsageRow.month)), else_=month),
            uploads=uploads + 1,
            storage_bytes=col(UsageRow.storage_bytes) + size,
            media_count=col(UsageRow.media_count) + 1,
        )
        .returning(col(UsageRow.team_id))
        .execution_options(synchronize_session=False)
    )
    if plan.uploads_month is not None:
        step = step.where(uploads + 1 <= plan.uploads_month)
    if plan.storage is not None:
        step = step.where(col(UsageRow.storage_bytes) + size <= plan.storage)
    if (await session.execute(step)).first():
        return
    used = usage_from(await session.get(UsageRow, team_id), now)
    if plan.uploads_month is not None and used.uploads >= plan.uploads_month:
        raise QuotaExceeded.uploads(plan.uploads_month)
    raise StorageExceeded


async def give_back(
    session: AsyncSession, team_id: int, size: int, count: int, *, upload_of: datetime | None = None
) -> None:
    """Return storage; with `upload_of` also the upload, to the month that it counted in."""
    step = (
        update(UsageRow)
        .where(col(UsageRow.team_id) == team_id)
        .values(
            storage_bytes=col(UsageRow.storage_bytes) - size,
            media_count=col(UsageRow.media_count) - count,
        )
        .execution_options(synchronize_session=False)
    )
    if upload_of is not None:
        same = col(UsageRow.month) == month_of(upload_of)
        step = step.values(
            uploads=case((same, col(UsageRow.uploads) - 1), else_=col(UsageRow.uploads))
        )
    await session.execute(step)
