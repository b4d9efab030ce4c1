"""Albums, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import case, func, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from core.adapters.db import references
from core.adapters.db.expressions import contains
from core.adapters.db.releasing import remove_released
from core.adapters.db.rows import in_no_row, living, media_from, select_media
from core.adapters.db.tables import AlbumRow, MediaRow
from core.albums import Album, AlbumId
from core.errors import IdTaken
from core.model import Media, MediaId, Position, TeamId

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.adapters.db.engine import Database
    from core.ports import ChangeListener


class SqlAlbums:
    """The albums over one database. `images` is told of those that left an album here."""

    def __init__(self, database: Database, images: ChangeListener) -> None:
        self._database = database
        self._images = images

    async def add(self, album: Album) -> None:
        row = AlbumRow(id=album.id, team_id=album.team_id, title="", created_at=album.created_at)
        _write(row, album)
        try:
            async with self._database.write() as session:
                await references.hold(session, album.team_id, None, album.embed_profile_id)
                session.add(row)
        except IntegrityError as err:
            raise IdTaken from err

    async def find(self, album_id: AlbumId, now: datetime) -> Album | None:
        if in_no_row(album_id):
            return None
        async with self._database.read() as session:
            row = await session.get(AlbumRow, album_id)
            if row is None:
                return None
            return _album(row, await _counts(session, [row.id], now))

    async def list_page(
        self,
        team_id: TeamId,
        after: Position | None,
        limit: int,
        now: datetime,
        words: str | None = None,
    ) -> list[Album]:
        if words is not None and in_no_row(words):
            return []
        wanted = (
            select(AlbumRow)
            .where(col(AlbumRow.team_id) == team_id)
            .order_by(col(AlbumRow.created_at).desc(), col(AlbumRow.id).desc())
            .limit(limit)
        )
        if words:
            wanted = wanted.where(contains(AlbumRow.title, words))
        if after:
            place = tuple_(col(AlbumRow.created_at), col(AlbumRow.id))
            wanted = wanted.where(place < (after.created_at, after.id))
        async with self._database.read() as session:
            rows = (await session.execute(wanted)).scalars().all()
            counts = await _counts(session, [row.id for row in rows], now)
            return [_album(row, counts) for row in rows]

    async def change(
        self,
        team_id: TeamId,
        album_id: AlbumId,
        now: datetime,
        revise: Callable[[Album], Album],
    ) -> Album | None:
        if in_no_row(album_id):
            return None
        wanted = select(AlbumRow).where(
            col(AlbumRow.id) == album_id, col(AlbumRow.team_id) == team_id
        )
        async with self._database.write() as session:
            held = wanted.with_for_update(key_share=True)
            row = (await session.execute(held)).scalar_one_or_none()
            if row is None:
                return None
            counts = await _counts(session, [row.id], now)
            before = _album(row, counts)
            after = revise(before)
            if after.embed_profile_id != before.embed_profile_id:
                await references.hold(session, team_id, None, after.embed_profile_id)
            _write(row, after)
            await session.flush()
            return _album(row, counts)

    async def remove(self, team_id: TeamId, album_id: AlbumId) -> bool:
        if in_no_row(album_id):
            return False
        wanted = select(AlbumRow).where(
            col(AlbumRow.id) == album_id, col(AlbumRow.team_id) == team_id
        )
        return await remove_released(self._database, self._images, wanted, "album_id", album_id)

    async def media_page(
        self,
        album_id: AlbumId,
        after: Position | None,
        limit: int,
        now: datetime,
        *,
        public_only: bool,
    ) -> list[Media]:
        wanted = (
            select_media()
            .where(col(MediaRow.album_id) == album_id, *living(now))
            .order_by(col(MediaRow.created_at).desc(), col(MediaRow.id).desc())
            .limit(limit)
        )
        if public_only:
            wanted = wanted.where(col(MediaRow.public))
        if after:
            place = tuple_(col(MediaRow.created_at), col(MediaRow.id))
            wanted = wanted.where(place < (after.created_at, after.id))
        async with self._database.read() as session:
            return [media_from(*found) for found in await session.execute(wanted)]

    async def take_out(
        self, team_id: TeamId, album_id: AlbumId, media_id: MediaId, now: datetime
    ) -> bool:
        if in_no_row(album_id) or in_no_row(media_id):
            return False
        step = (
            update(MediaRow)
            .where(
                col(MediaRow.id) == media_id,
                col(MediaRow.team_id) == team_id,
                col(MediaRow.album_id) == album_id,
                *living(now),
            )
            .values(album_id=None)
            .returning(col(MediaRow.id))
            .execution_options(synchronize_session=False)
        )
        try:
            async with self._database.write() as session:
                return (await session.execute(step)).first() is not None
        finally:
            self._images.forget([media_id])


class _Count(NamedTuple):
    media: int
    public: int


async def _counts(
    session: AsyncSession, album_ids: Collection[str], now: datetime
) -> dict[str, _Count]:
    """How many living images each album has."""
    if not album_ids:
        return {}
    public = func.sum(case((col(MediaRow.public), 1), else_=0))
    wanted = (
        select(col(MediaRow.album_id), func.count(), public)
        .where(col(MediaRow.album_id).in_(album_ids), *living(now))
        .group_by(col(MediaRow.album_id))
    )
    found = await session.execute(wanted)
    return {str(album_id): _Count(media, int(shown)) for album_id, media, shown in found}


def _write(row: AlbumRow, album: Album) -> None:
    row.title = album.title
    row.description = album.description
    row.public = album.public
    row.password_hash = album.password_hash
    row.embed_profile_id = album.embed_profile_id


def _album(row: AlbumRow, counts: dict[str, _Count]) -> Album:
    count = counts.get(row.id, _Count(0, 0))
    return Album(
        id=AlbumId(row.id),
        team_id=TeamId(row.team_id),
        title=row.title,
        description=row.description,
        public=row.public,
        password_hash=row.password_hash,
        embed_profile_id=row.embed_profile_id,
        created_at=row.created_at,
        media_count=count.media,
        public_count=count.public,
    )
