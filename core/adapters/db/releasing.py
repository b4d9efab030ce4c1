"""Taking images out of what is being dropped: an album, an embed profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlmodel import col

from core.adapters.db.tables import MediaRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

BATCH = 2_000
"""Images a commit: a fraction of what one may take."""


async def release(session: AsyncSession, name: str, value: str | int) -> list[str]:
    """Clear that column of at most `BATCH` images that have the value; gives their ids."""
    column: Any = getattr(MediaRow, name)
    wanted = select(col(MediaRow.id)).where(column == value).order_by(col(MediaRow.id))
    held = (await session.execute(wanted.limit(BATCH).with_for_update())).scalars()
    ids = list(held)
    if ids:
        await session.execute(
            update(MediaRow)
            .where(col(MediaRow.id).in_(ids))
            .values({name: None})
            .execution_options(synchronize_session=False)
        )
    return ids
