"""Passwords and sessions, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlmodel import col

from core.accounts import Login, SignedIn
from core.adapters.db.rows import team_from, user_from
from core.adapters.db.tables import (
    ApiKeyRow,
    BanRow,
    MembershipRow,
    SessionRow,
    TeamRow,
    UserRow,
)

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.adapters.db.engine import Database
    from core.model import UserId


class SqlCredentials:
    """Credentials over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_login(self, email: str) -> Login | None:
        wanted = (
            select(UserRow, BanRow)
            .outerjoin(BanRow, col(BanRow.user_id) == col(UserRow.id))
            .where(col(UserRow.email) == email)
        )
        async with self._database.read() as session:
            found = (await session.execute(wanted)).one_or_none()
        if found is None:
            return None
        user, ban = found
        return Login(user_from(user, ban), user.password_hash)

    async def set_password(
        self, user_id: UserId, password_hash: str, was: str | None, now: datetime
    ) -> bool:
        async with self._database.write() as session:
            user = await _locked(session, user_id)
            if user is None or user.password_hash != was:
                return False
            if was is not None and user.email_verified_at is None:
                await session.execute(delete(ApiKeyRow).where(col(ApiKeyRow.user_id) == user_id))
            user.password_hash = password_hash
            user.email_verified_at = user.email_verified_at or now
            await session.execute(delete(SessionRow).where(col(SessionRow.user_id) == user_id))
            return True

    async def renew_hash(self, user_id: UserId, password_hash: str, was: str) -> None:
        step = (
            update(UserRow)
            .where(col(UserRow.id) == user_id, col(UserRow.password_hash) == was)
            .values(password_hash=password_hash)
        )
        async with self._database.write() as session:
            await session.execute(step)

    async def open_session(
        self,
        session: str,
        user_id: UserId,
        password_hash: str | None,
        now: datetime,
        expires_at: datetime,
    ) -> bool:
        async with self._database.write() as door:
            user = await _locked(door, user_id)
            if user is None or password_hash not in {None, user.password_hash}:
                return False
            await door.execute(delete(SessionRow).where(col(SessionRow.expires_at) <= now))
            door.add(SessionRow(id=session, user_id=user_id, created_at=now, expires_at=expires_at))
            return True

    async def find_session(self, session: str, now: datetime) -> SignedIn | None:
        wanted = (
            select(UserRow, TeamRow, BanRow)
            .join(SessionRow, col(SessionRow.user_id) == col(UserRow.id))
            .join(MembershipRow, col(MembershipRow.user_id) == col(UserRow.id))
            .join(TeamRow, col(TeamRow.id) == col(MembershipRow.team_id))
            .outerjoin(BanRow, col(BanRow.user_id) == col(UserRow.id))
            .where(col(SessionRow.id) == session, col(SessionRow.expires_at) > now)
            .where(col(MembershipRow.role) == "owner")
            .order_by(col(TeamRow.id))
            .limit(1)
        )
        async with self._database.read() as door:
            found = (await door.execute(wanted)).one_or_none()
        if found is None:
            return None
        user, team, ban = found
        return SignedIn(user_from(user, ban), team_from(team))

    async def end_session(self, session: str) -> None:
        async with self._database.write() as door:
            await door.execute(delete(SessionRow).where(col(SessionRow.id) == session))

    async def end_sessions(self, user_id: UserId) -> None:
        async with self._database.write() as session:
            await session.execute(delete(SessionRow).where(col(SessionRow.user_id) == user_id))


async def _locked(session: AsyncSession, user_id: UserId) -> UserRow | None:
    """The user's row, which nobody else changes until the commit.

    So no session can open by a password that is being replaced.
    """
    wanted = select(UserRow).where(col(UserRow.id) == user_id).with_for_update()
    return (await session.execute(wanted)).scalar_one_or_none()
