"""Which of a team's images a list shows, and how each database finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlmodel import col

from core.adapters.db.expressions import contains, unindexed
from core.adapters.db.rows import in_no_row, living, media_from, select_media
from core.adapters.db.tables import MediaRow, MediaTagRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.model import Media, MediaFilter, Position, TeamId


async def page(
    session: AsyncSession,
    team_id: TeamId,
    chosen: MediaFilter,
    after: Position | None,
    limit: int,
    now: datetime,
    offset: int,
) -> list[Media]:
    """See Catalog.list_page."""
    if any(in_no_row(word) for word in (chosen.words or "", *chosen.tags)):
        return []
    wanted = (
        select_media()
        .where(_owned(team_id, chosen), *living(now), *_chosen(chosen))
        .order_by(col(MediaRow.created_at).desc(), col(MediaRow.id).desc())
        .limit(limit)
    )
    if after:
        place = tuple_(col(MediaRow.created_at), col(MediaRow.id))
        wanted = wanted.where(place < (after.created_at, after.id))
    if offset:
        wanted = wanted.offset(offset)
    return [media_from(*found) for found in await session.execute(wanted)]


def _owned(team_id: TeamId, chosen: MediaFilter) -> ColumnElement[bool]:
    """The team's images; which index finds them depends on what else is asked for.

    SQLite would walk the team's whole library, which is in the wanted order, to find the few
    that an album or a list of ids names.
    """
    narrow = chosen.ids is not None or chosen.album_id is not None
    return (unindexed(MediaRow.team_id) if narrow else col(MediaRow.team_id)) == team_id


def _chosen(chosen: MediaFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if chosen.ids is not None:
        conditions.append(col(MediaRow.id).in_(chosen.ids))
    if chosen.album_id is not None:
        conditions.append(col(MediaRow.album_id) == chosen.album_id)
    if chosen.words is not None:
        conditions.append(
            or_(contains(MediaRow.caption, chosen.words), contains(MediaRow.name, chosen.words))
        )
    if chosen.seen_by is not None:
        conditions.append(or_(col(MediaRow.public), col(MediaRow.user_id) == chosen.seen_by))
    if chosen.before is not None:
        conditions.append(col(MediaRow.created_at) < chosen.before)
    if chosen.tags:
        conditions.append(_tagged(chosen))
    return conditions


def _tagged(chosen: MediaFilter) -> ColumnElement[bool]:
    """Looks each image's tags up: a page ends as soon as it is full, however many have them."""
    theirs = (
        select(func.count())
        .where(col(MediaTagRow.media_id) == col(MediaRow.id), col(MediaTagRow.tag).in_(chosen.tags))
        .correlate(MediaRow)
        .scalar_subquery()
    )
    return theirs == len(chosen.tags) if chosen.every_tag else theirs > 0
