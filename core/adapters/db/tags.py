"""Images' tags, as steps within the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select
from sqlmodel import col

from core.adapters.db.tables import MediaTagRow
from core.model import MediaId

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.tags import TagChange


async def read(session: AsyncSession, media_ids: Collection[str]) -> dict[MediaId, tuple[str, ...]]:
    """The tags of those of the images that have any."""
    wanted = (
        select(col(MediaTagRow.media_id), col(MediaTagRow.tag))
        .where(col(MediaTagRow.media_id).in_(media_ids))
        .order_by(col(MediaTagRow.position))
    )
    found: dict[MediaId, list[str]] = defaultdict(list)
    for media_id, tag in await session.execute(wanted):
        found[MediaId(media_id)].append(tag)
    return {media_id: tuple(tags) for media_id, tags in found.items()}


async def put(session: AsyncSession, tagged: Mapping[str, tuple[str, ...]]) -> None:
    """Record the tags of images that have none."""
    rows = [
        {"media_id": media_id, "tag": tag, "position": position}
        for media_id, tags in tagged.items()
        for position, tag in enumerate(tags)
    ]
    if rows:
        await session.execute(insert(MediaTagRow), rows)


async def change(session: AsyncSession, media_ids: Collection[str], wanted: TagChange) -> None:
    """Change the tags of images that the caller holds.

    Raises:
        InvalidInput: one of them would have too many.
    """
    old = await read(session, media_ids)
    new = {one: wanted.applied(old.get(MediaId(one), ())) for one in media_ids}
    await session.execute(
        delete(MediaTagRow)
        .where(col(MediaTagRow.media_id).in_(media_ids))
        .execution_options(synchronize_session=False)
    )
    await put(session, new)
