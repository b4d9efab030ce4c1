"""Which of a team's images a list shows, and how each database finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_
from sqlmodel import col

from core.adapters.db.expressions import contains, unindexed
from core.adapters.db.rows import in_no_row, living, media_from, select_media
from core.adapters.db.tables import MediaRow, MediaTagRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.model import Media, MediaFilter, Position, TeamId


FEW = 1_000
"""Images with a tag that are looked at one by one, whosever they are."""


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
    few = bool(chosen.tags) and await _few_are_tagged(session, chosen)
    narrow = few or chosen.ids is not None or chosen.album_id is not None
    conditions = [_owned(team_id, narrow=narrow), *living(now), *_chosen(chosen)]
    if chosen.tags:
        conditions.append(_tagged(chosen, few=few))
    wanted = (
        select_media()
        .where(*conditions)
        .order_by(col(MediaRow.created_at).desc(), col(MediaRow.id).desc())
        .limit(limit)
    )
    if after:
        place = tuple_(col(MediaRow.created_at), col(MediaRow.id))
        wanted = wanted.where(place < (after.created_at, after.id))
    if offset:
        wanted = wanted.offset(offset)
    return [media_from(*found) for found in await session.execute(wanted)]


def _owned(team_id: TeamId, *, narrow: bool) -> ColumnElement[bool]:
    """The team's images; which index finds them depends on what else is asked for.

    SQLite would walk the team's whole library, which is in the wanted order, to find the few
    that an album, a list of ids or a rare tag names: `narrow`.
    """
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
    return conditions


async def _few_are_tagged(session: AsyncSession, chosen: MediaFilter) -> bool:
    """Whether so few images, of all teams, have any of the tags that each can be looked at."""
    some = select(literal(1)).where(col(MediaTagRow.tag).in_(chosen.tags)).limit(FEW + 1)
    count = select(func.count()).select_from(some.subquery())
    return (await session.execute(count)).scalar_one() <= FEW


def _tagged(chosen: MediaFilter, *, few: bool) -> ColumnElement[bool]:
    """Begins at the tags where few have them; else looks up those of each image.

    Then many images have them, and a page is soon full.
    """
    asked, wanted = col(MediaTagRow.tag).in_(chosen.tags), len(chosen.tags)
    if few:
        theirs = select(col(MediaTagRow.media_id)).where(asked)
        if chosen.every_tag:
            theirs = theirs.group_by(col(MediaTagRow.media_id)).having(func.count() == wanted)
        return col(MediaRow.id).in_(theirs)
    found = (
        select(func.count())
        .where(col(MediaTagRow.media_id) == col(MediaRow.id), asked)
        .correlate(MediaRow)
        .scalar_subquery()
    )
    return found == wanted if chosen.every_tag else found > 0
