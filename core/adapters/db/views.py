"""How often images were looked at, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from core.adapters.db.tables import MediaRow, ViewsRow
from core.adapters.db.upserts import insert_into
from core.model import MediaId

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from core.adapters.db.engine import Database


class SqlViewBook:
    """Views over one database, in rows whose changes nobody is told of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, seen: Mapping[MediaId, int]) -> None:
        """See ViewBook.

        Images are held in their order, so that nobody removes them before the commit, and
        processes that count the same ones do not wait for each other in a circle.
        """
        living = select(col(MediaRow.id)).where(col(MediaRow.id).in_(seen))
        held = living.order_by(col(MediaRow.id)).with_for_update(key_share=True, read=True)
        async with self._database.write() as session:
            found = (await session.execute(held)).scalars().all()
            if not found:
                return
            insert = insert_into(session, ViewsRow)
            step = insert.values([{"media_id": one, "views": seen[MediaId(one)]} for one in found])
            await session.execute(
                step.on_conflict_do_update(
                    index_elements=[col(ViewsRow.media_id)],
                    set_={"views": col(ViewsRow.views) + step.excluded.views},
                )
            )

    async def read(self, media_ids: Collection[MediaId]) -> dict[MediaId, int]:
        wanted = select(col(ViewsRow.media_id), col(ViewsRow.views)).where(
            col(ViewsRow.media_id).in_(media_ids)
        )
        async with self._database.read() as session:
            return {MediaId(one): views for one, views in await session.execute(wanted)}
