"""New users with teams of their own, as a step of the caller's transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select
from sqlmodel import col

from core.adapters.db.rows import team_from, user_from
from core.adapters.db.tables import MembershipRow, TeamRow, UsageRow, UserRow

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from core.model import Team, User

OWNER = "owner"
"""The role in one's own team."""

ADMINISTRATOR = "admin"
"""The role of who shares a team with others."""


async def settle(session: AsyncSession, user: UserRow, plan: str) -> tuple[User, Team]:
    """Record a new user, and a team of their own with their name."""
    session.add(user)
    await session.flush()
    assert user.id is not None
    team = await found_team(
        session,
        TeamRow(name=user.name or "", plan=plan, created_at=user.created_at),
        user.id,
        OWNER,
    )
    return user_from(user, None), team_from(team)


async def found_team(session: AsyncSession, team: TeamRow, user_id: int, role: str) -> TeamRow:
    """Record a new team, in which that user has that role."""
    session.add(team)
    await session.flush()
    assert team.id is not None
    session.add_all(
        [MembershipRow(user_id=user_id, team_id=team.id, role=role), UsageRow(team_id=team.id)]
    )
    return team


def own_team(user_id: int | None) -> Any:
    """Selects the team of a user's own."""
    mine = (
        exists()
        .where(col(MembershipRow.team_id) == col(TeamRow.id))
        .where(col(MembershipRow.user_id) == user_id, col(MembershipRow.role) == OWNER)
    )
    return select(TeamRow).where(mine).order_by(col(TeamRow.id)).limit(1)
