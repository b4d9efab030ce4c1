"""Users, teams and keys, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from core.adapters.db import locks
from core.adapters.db.newcomers import own_team, settle
from core.adapters.db.rows import in_no_row, key_from, living, team_from, usage_from, user_from
from core.adapters.db.tables import (
    ApiKeyRow,
    BanRow,
    BlobRow,
    MediaRow,
    MembershipRow,
    TeamRow,
    UsageRow,
    UserRow,
)
from core.ids import row_number
from core.model import (
    Ability,
    ApiKey,
    KeyHolder,
    KeyId,
    MediaId,
    Team,
    TeamId,
    Usage,
    User,
    UserId,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.adapters.db.engine import Database


_NOTE_PATIENCE = 0.25
"""Seconds that a request may lose by noting that its key was used."""


class SqlDirectory:
    """The directory over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_key(self, key_id: KeyId | None, secret_hash: str) -> KeyHolder | None:
        wanted = (
            select(ApiKeyRow, TeamRow, BanRow)
            .join(TeamRow, col(ApiKeyRow.team_id) == col(TeamRow.id))
            .outerjoin(BanRow, col(ApiKeyRow.user_id) == col(BanRow.user_id))
        )
        if key_id is None:
            wanted = wanted.where(col(ApiKeyRow.secret_hash) == secret_hash)
        else:
            wanted = wanted.where(col(ApiKeyRow.id) == key_id)
        async with self._database.read() as session:
            found = (await session.execute(wanted)).one_or_none()
        if found is None:
            return None
        key, team, ban = found
        return KeyHolder(key_from(key), key.secret_hash, team_from(team), ban is not None)

    async def touch_key(self, key_id: KeyId, now: datetime) -> None:
        async with self._database.write(_NOTE_PATIENCE) as session:
            await session.execute(
                update(ApiKeyRow)
                .where(col(ApiKeyRow.id) == key_id)
                .values(last_used_at=now)
                .execution_options(synchronize_session=False)
            )

    async def enrol(self, email: str | None, plan: str | None, now: datetime) -> tuple[User, Team]:
        try:
            return await self._enrol(email, plan, now)
        except IntegrityError:  # another process was faster by a moment: now they are there
            return await self._enrol(email, plan, now)

    async def _enrol(self, email: str | None, plan: str | None, now: datetime) -> tuple[User, Team]:
        async with self._database.write() as session:
            wanted = select(UserRow).where(col(UserRow.email) == email)
            user = (await session.execute(wanted)).scalar_one_or_none() if email else None
            if user is None:
                return await _create(session, email, plan or "free", now)
            team = (await session.execute(own_team(user.id))).scalar_one()
            if plan is not None:
                team.plan = plan
            ban = await session.get(BanRow, user.id)
            return user_from(user, ban), team_from(team)

    async def register(
        self, email: str, password_hash: str, plan: str, now: datetime
    ) -> tuple[User, Team] | None:
        try:
            async with self._database.write() as session:
                wanted = select(col(UserRow.id)).where(col(UserRow.email) == email)
                if (await session.execute(wanted)).first():
                    return None
                return await _create(session, email, plan, now, password_hash=password_hash)
        except IntegrityError:  # another process was faster by a moment
            return None

    async def confirm(self, user_id: UserId, plans: Mapping[str, str], now: datetime) -> None:
        async with self._database.write() as session:
            user = await session.get(UserRow, user_id, with_for_update=True)
            if user is None:
                return
            user.email_verified_at = user.email_verified_at or now
            team = (await session.execute(own_team(user_id).with_for_update())).scalar_one()
            team.plan = plans.get(team.plan, team.plan)

    async def first_admin(self, now: datetime) -> tuple[User, Team] | None:
        async with self._database.write() as session:
            await locks.one_at_a_time(session, locks.FIRST_ADMIN)
            admins = select(col(UserRow.id)).where(col(UserRow.is_admin)).limit(1)
            if (await session.execute(admins)).first():
                return None
            return await _create(session, None, "unlimited", now, admin=True)

    async def add_key(
        self,
        team_id: TeamId,
        user_id: UserId,
        name: str,
        abilities: frozenset[Ability],
        secret_hash: str,
        now: datetime,
    ) -> ApiKey:
        row = ApiKeyRow(
            team_id=team_id,
            user_id=user_id,
            name=name,
            secret_hash=secret_hash,
            abilities=",".join(sorted(abilities)),
            created_at=now,
        )
        async with self._database.write() as session:
            session.add(row)
            await session.flush()
            return key_from(row)

    async def list_keys(self, team_id: TeamId | None) -> list[ApiKey]:
        wanted = select(ApiKeyRow).order_by(col(ApiKeyRow.id))
        if team_id is not None:
            wanted = wanted.where(col(ApiKeyRow.team_id) == team_id)
        async with self._database.read() as session:
            return [key_from(row) for row in (await session.execute(wanted)).scalars()]

    async def revoke_key(self, key_id: KeyId, team_id: TeamId | None) -> bool:
        if in_no_row(key_id):
            return False
        step = delete(ApiKeyRow).where(col(ApiKeyRow.id) == key_id).returning(col(ApiKeyRow.id))
        if team_id is not None:
            step = step.where(col(ApiKeyRow.team_id) == team_id)
        async with self._database.write() as session:
            return (await session.execute(step)).first() is not None

    async def find_team(self, team_id: TeamId) -> Team | None:
        async with self._database.read() as session:
            row = await session.get(TeamRow, team_id)
            return team_from(row) if row else None

    async def list_users(self, now: datetime) -> list[tuple[User, Team, Usage]]:
        wanted = (
            select(UserRow, TeamRow, UsageRow, BanRow)
            .join(MembershipRow, col(MembershipRow.user_id) == col(UserRow.id))
            .join(TeamRow, col(TeamRow.id) == col(MembershipRow.team_id))
            .outerjoin(UsageRow, col(UsageRow.team_id) == col(TeamRow.id))
            .outerjoin(BanRow, col(BanRow.user_id) == col(UserRow.id))
            .where(col(MembershipRow.role) == "owner")
            .order_by(col(UserRow.id))
        )
        async with self._database.read() as session:
            return [
                (user_from(user, ban), team_from(team), usage_from(usage, now))
                for user, team, usage, ban in await session.execute(wanted)
            ]

    async def set_ban(self, email_or_id: str, reason: str | None, now: datetime) -> User | None:
        async with self._database.write() as session:
            user = await _hold_named(session, email_or_id)
            if user is None or user.id is None:
                return None
            ban = await session.get(BanRow, user.id)
            if reason is None and ban:
                await session.delete(ban)
            elif reason is not None and ban is None:
                session.add(BanRow(user_id=user.id, reason=reason, created_at=now))
            await session.flush()
            return user_from(user, await session.get(BanRow, user.id))

    async def set_default_public(self, email_or_id: str, *, public: bool) -> Team | None:
        async with self._database.write() as session:
            user = await _hold_named(session, email_or_id)
            if user is None or user.id is None:
                return None
            team = (await session.execute(own_team(user.id).with_for_update())).scalar_one()
            team.default_public = public
            return team_from(team)

    async def media_of(
        self, user_id: UserId, limit: int, now: datetime
    ) -> list[tuple[MediaId, TeamId]]:
        wanted = (
            select(col(MediaRow.id), col(MediaRow.team_id))
            .where(col(MediaRow.user_id) == user_id, *living(now))
            .limit(limit)
        )
        async with self._database.read() as session:
            found = (await session.execute(wanted)).all()
            return [(MediaId(one), TeamId(team)) for one, team in found if team is not None]

    async def stats(self) -> dict[str, int]:
        counts = {
            "users": select(func.count()).select_from(UserRow),
            "teams": select(func.count()).select_from(TeamRow),
            "keys": select(func.count()).select_from(ApiKeyRow),
            "images": select(func.count()).select_from(MediaRow),
            "blobs": select(func.count()).select_from(BlobRow),
            "bytes": select(func.coalesce(func.sum(BlobRow.size), 0)),
        }
        async with self._database.read() as session:
            return {
                name: int((await session.execute(query)).scalar_one())
                for name, query in counts.items()
            }


async def _hold_named(session: AsyncSession, email_or_id: str) -> UserRow | None:
    """The user of that address or id, held; see locks.hold_user."""
    if in_no_row(email_or_id):
        return None
    named = col(UserRow.email) == email_or_id.lower()
    user_id = row_number(email_or_id)
    if user_id is not None:
        named = or_(named, col(UserRow.id) == user_id)
    wanted = select(UserRow).where(named).with_for_update()
    return (await session.execute(wanted)).scalar_one_or_none()


async def _create(
    session: AsyncSession,
    email: str | None,
    plan: str,
    now: datetime,
    *,
    admin: bool = False,
    password_hash: str | None = None,
) -> tuple[User, Team]:
    name = "Administrator" if admin else (email or "").partition("@")[0] or "Somebody"
    user = UserRow(
        email=email, name=name, password_hash=password_hash, is_admin=admin, created_at=now
    )
    return await settle(session, user, plan)
