"""The gallery, in the database: what everybody may see and its owners have listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text
from sqlmodel import col

from core.adapters.db.rows import living, media_from, select_media
from core.adapters.db.tables import MediaRow

if TYPE_CHECKING:
    from datetime import datetime

    from core.adapters.db.engine import Database
    from core.model import Media

# Word for word what the index `media_gallery` is of: SQLite takes it for nothing else.
_SHOWN = text("media.listed AND media.public AND NOT media.nsfw")


class SqlGallery:
    """The gallery over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, offset: int, limit: int, now: datetime) -> tuple[list[Media], int]:
        wanted = (
            select_media()
            .where(_SHOWN, *living(now))
            .order_by(col(MediaRow.created_at).desc(), col(MediaRow.id).desc())
            .offset(offset)
            .limit(limit)
        )
        count = select(func.count()).select_from(MediaRow).where(_SHOWN, *living(now))
        async with self._database.read() as session:
            media = [media_from(*one) for one in await session.execute(wanted)]
            return media, (await session.execute(count)).scalar_one()
