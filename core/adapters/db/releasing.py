"""Taking images out of what is being dropped: an album, an embed profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update
from sqlmodel import col

from core.adapters.db.tables import MediaRow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncSession

    from core.adapters.db.engine import Database
    from core.ports import ChangeListener

BATCH = 2_000
"""Images a commit: a fraction of what one may take."""


async def remove_released(
    database: Database,
    images: ChangeListener,
    wanted: Select[Any],
    name: str,
    value: str | int,
    *,
    also: Callable[[AsyncSession], Awaitable[None]] | None = None,
) -> bool:
    """Delete the one row that is wanted; False if there is none.

    Images whose column `name` has that value are released first, `BATCH` a commit, and
    `images` is told of them. `also` takes the row out of what else names it, in each commit.
    """
    while True:
        async with database.write() as session:
            row = (await session.execute(wanted.with_for_update())).scalar_one_or_none()
            if row is None:
                return False
            if also:
                await also(session)
            released = await _release(session, name, value)
            last = len(released) < BATCH
            if last:
                await session.delete(row)
        images.forget(released)
        if last:
            return True


async def _release(session: AsyncSession, name: str, value: str | int) -> list[str]:
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
