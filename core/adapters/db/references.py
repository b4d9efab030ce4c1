"""Albums and embed profiles that images and albums name, as a step of the caller's transaction.

In which order rows are locked: see `locks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select
from sqlmodel import col

from core.adapters.db import locks
from core.adapters.db.rows import in_no_row
from core.adapters.db.tables import AlbumRow, EmbedProfileRow, MembershipRow
from core.errors import InvalidInput
from core.fields import NO_REFERENCE
from core.ids import new_media_id

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.model import TeamId


async def hold(
    session: AsyncSession, team_id: TeamId, album_id: str | None, profile_id: int | None
) -> None:
    """Keep both from being dropped until the commit.

    Raises:
        InvalidInput: the team may not use one of them; `errors` names the field.
    """
    missing = await find_missing(session, team_id, album_id, profile_id, held=True)
    if missing:
        raise InvalidInput(errors={name: [NO_REFERENCE] for name in missing})


async def find_missing(
    session: AsyncSession,
    team_id: TeamId,
    album_id: str | None,
    profile_id: int | None,
    *,
    held: bool = False,
) -> list[str]:
    """Which of `album_id`, `embed_profile_id` name nothing that the team may use.

    `held`: those that it may use are locked as a foreign key's check would lock them.
    """
    missing = []
    if profile_id is not None:
        theirs = (
            exists()
            .where(col(MembershipRow.user_id) == col(EmbedProfileRow.user_id))
            .where(col(MembershipRow.team_id) == team_id)
        )
        usable = or_(col(EmbedProfileRow.team_id) == team_id, theirs)
        profile = select(col(EmbedProfileRow.id)).where(
            col(EmbedProfileRow.id) == profile_id, usable
        )
        if held:
            profile = profile.with_for_update(key_share=True, read=True, of=EmbedProfileRow)
        if in_no_row(profile_id) or (await session.execute(profile)).first() is None:
            missing.append("embed_profile_id")
    if album_id is not None:
        album = select(col(AlbumRow.id)).where(
            col(AlbumRow.id) == album_id, col(AlbumRow.team_id) == team_id
        )
        if held:
            album = album.with_for_update(key_share=True, read=True)
        if in_no_row(album_id) or (await session.execute(album)).first() is None:
            missing.append("album_id")
    return sorted(missing)


async def hold_titled(session: AsyncSession, team_id: TeamId, title: str, now: datetime) -> str:
    """The id of the team's newest album of that title, held likewise; a new one's if it has none.

    Of many at once one makes it. An id that is taken fails as the session is flushed.
    """
    await locks.hold_title(session, team_id, title)
    wanted = (
        select(col(AlbumRow.id))
        .where(col(AlbumRow.team_id) == team_id, col(AlbumRow.title) == title)
        .order_by(col(AlbumRow.created_at).desc(), col(AlbumRow.id).desc())
        .limit(1)
        .with_for_update(key_share=True, read=True)
    )
    found = (await session.execute(wanted)).scalar_one_or_none()
    if found is None:
        found = new_media_id()
        session.add(AlbumRow(id=found, team_id=team_id, title=title, created_at=now))
        await session.flush()
    return found
