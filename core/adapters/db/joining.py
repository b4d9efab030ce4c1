"""Two users become one, as a step of the caller's transaction.

In which order rows are locked: see `locks`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import case, delete, exists, func, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from core.adapters.db.newcomers import OWNER, own_team
from core.adapters.db.rows import month_of, team_from, user_from
from core.adapters.db.tables import (
    AlbumRow,
    ApiKeyRow,
    BanRow,
    ChatPostRow,
    ConversationRow,
    EmbedProfileRow,
    IdentityRow,
    MediaRow,
    MembershipRow,
    SessionRow,
    TeamRow,
    TicketRow,
    UsageRow,
    UserRow,
)
from core.chats import Joined, Person
from core.errors import Banned, Forbidden

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

    from core.model import UserId

_OF_USER: tuple[Any, ...] = (
    EmbedProfileRow,
    MediaRow,
    ApiKeyRow,
    IdentityRow,
    SessionRow,
    ChatPostRow,
    ConversationRow,
    TicketRow,
)
_OF_TEAM: tuple[Any, ...] = (EmbedProfileRow, AlbumRow, MediaRow, ApiKeyRow)


async def join(session: AsyncSession, one: UserId, other: UserId, now: datetime) -> Joined | None:
    """Move all that the younger user has to the older one; see Identities.join."""
    wanted = select(UserRow).where(col(UserRow.id).in_([one, other]))
    in_order = wanted.order_by(col(UserRow.created_at), col(UserRow.id))
    users = (await session.execute(in_order.with_for_update())).scalars().all()
    banned = select(BanRow).where(col(BanRow.user_id).in_([one, other]))
    if (await session.execute(banned)).first():
        raise Banned
    if any(user.is_admin for user in users):
        raise Forbidden("An operator's account can't be joined with another.")
    if len(users) != 2:  # noqa: PLR2004  two become one
        return None
    kept, leaving = users
    team: TeamRow = (await session.execute(own_team(kept.id))).scalar_one()
    left: TeamRow = (await session.execute(own_team(leaving.id))).scalar_one()
    await _free_external_ids(session, team, left)
    images = await _count(session, left)
    await _move(session, kept, leaving, team, left)
    await _add_usage(session, team, left, now)
    await _join_memberships(session, kept, leaving)
    await session.delete(left)
    await session.flush()
    if kept.email is None and leaving.email is not None:
        email, leaving.email = leaving.email, None
        kept.password_hash, kept.email_verified_at = (
            leaving.password_hash,
            leaving.email_verified_at,
        )
        await session.flush()
        kept.email = email
    await session.delete(leaving)
    await session.flush()
    return Joined(Person(user_from(kept, None), team_from(team)), images)


async def _free_external_ids(session: AsyncSession, team: TeamRow, left: TeamRow) -> None:
    """A team has an external id once; the one that stays keeps its own."""
    theirs = aliased(MediaRow)
    taken = exists().where(
        col(theirs.team_id) == team.id, col(theirs.external_id) == col(MediaRow.external_id)
    )
    await _set(session, MediaRow, col(MediaRow.team_id) == left.id, taken, external_id=None)


async def _count(session: AsyncSession, left: TeamRow) -> int:
    wanted = select(func.count()).where(
        col(MediaRow.team_id) == left.id, col(MediaRow.published_at).is_not(None)
    )
    return int((await session.execute(wanted)).scalar_one())


async def _move(
    session: AsyncSession, kept: UserRow, leaving: UserRow, team: TeamRow, left: TeamRow
) -> None:
    for table in _OF_TEAM:
        await _set(session, table, col(table.team_id) == left.id, team_id=team.id)
    for table in _OF_USER:
        await _set(session, table, col(table.user_id) == leaving.id, user_id=kept.id)
    if team.default_embed_profile_id is None:
        team.default_embed_profile_id = left.default_embed_profile_id


async def _add_usage(session: AsyncSession, team: TeamRow, left: TeamRow, now: datetime) -> None:
    """The month's uploads, too: whoever has two accounts has the quota of one."""
    found = await session.get(UsageRow, left.id, with_for_update=True)
    assert found
    month = month_of(now)
    ours = case((col(UsageRow.month) == month, col(UsageRow.uploads)), else_=0)
    await _set(
        session,
        UsageRow,
        col(UsageRow.team_id) == team.id,
        uploads=ours + (found.uploads if found.month == month else 0),
        month=month,
        storage_bytes=col(UsageRow.storage_bytes) + found.storage_bytes,
        media_count=col(UsageRow.media_count) + found.media_count,
    )
    await session.delete(found)
    await session.flush()


async def _join_memberships(session: AsyncSession, kept: UserRow, leaving: UserRow) -> None:
    """What the leaving user shares with others, the other one does from now on."""
    mine = aliased(MembershipRow)
    known = exists().where(
        col(mine.user_id) == kept.id, col(mine.team_id) == col(MembershipRow.team_id)
    )
    theirs = col(MembershipRow.user_id) == leaving.id
    await session.execute(
        delete(MembershipRow)
        .where(theirs, (col(MembershipRow.role) == OWNER) | known)
        .execution_options(synchronize_session=False)
    )
    await _set(session, MembershipRow, theirs, user_id=kept.id)


async def _set(
    session: AsyncSession, table: Any, *conditions: ColumnElement[bool], **values: Any
) -> None:
    await session.execute(
        update(table)
        .where(*conditions)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
