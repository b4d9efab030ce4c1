"""Whose the platforms' users are, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from core.adapters.db import joining
from core.adapters.db.newcomers import own_team, settle
from core.adapters.db.rows import team_from, user_from
from core.adapters.db.tables import BanRow, IdentityRow, UserRow
from core.chats import Identity, Joined, Person, Platform

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.adapters.db.engine import Database
    from core.model import UserId
    from core.ports import ChangeListener

NAME_MAX = 200
_NAMELESS = "Somebody"


class SqlIdentities:
    """Identities over one database. `images` is told of those that change hands."""

    def __init__(self, database: Database, images: ChangeListener) -> None:
        self._database = database
        self._images = images

    async def enrol(self, identity: Identity, plan: str, now: datetime) -> Person:
        name = identity.name.strip()[:NAME_MAX] or _NAMELESS
        async with self._database.read() as session:
            known = await _find(session, identity)
            if known and (known[0].name == name or not identity.name):
                return await _person(session, known[0], known[1])
        try:
            return await self._enrol(identity, name, plan, now)
        except IntegrityError:  # their other message was faster by a moment
            return await self._enrol(identity, name, plan, now)

    async def _enrol(self, identity: Identity, name: str, plan: str, now: datetime) -> Person:
        async with self._database.write() as session:
            known = await _find(session, identity)
            if known:
                known[0].name = name
                return await _person(session, known[0], known[1])
            user, team = await settle(session, UserRow(name=name, created_at=now), plan)
            session.add(
                IdentityRow(
                    platform=identity.platform.value,
                    platform_user_id=identity.id,
                    user_id=user.id,
                    created_at=now,
                )
            )
            return Person(user, team)

    async def find(self, identity: Identity) -> Person | None:
        async with self._database.read() as session:
            known = await _find(session, identity)
            return await _person(session, *known) if known else None

    async def identities_of(self, user_id: UserId) -> list[Identity]:
        wanted = (
            select(IdentityRow)
            .where(col(IdentityRow.user_id) == user_id)
            .order_by(col(IdentityRow.created_at), col(IdentityRow.platform))
        )
        async with self._database.read() as session:
            rows = (await session.execute(wanted)).scalars()
            return [Identity(Platform(row.platform), row.platform_user_id) for row in rows]

    async def hint(self, identity: Identity) -> bool:
        untold = (
            col(IdentityRow.platform) == identity.platform.value,
            col(IdentityRow.platform_user_id) == identity.id,
            ~col(IdentityRow.hinted),
        )
        async with self._database.read() as session:  # nearly always they know
            found = await session.execute(select(col(IdentityRow.user_id)).where(*untold))
            if found.scalar_one_or_none() is None:
                return False
        told = (
            update(IdentityRow)
            .where(*untold)
            .values(hinted=True)
            .returning(col(IdentityRow.user_id))
        )
        async with self._database.write() as session:
            return (await session.execute(told)).scalar_one_or_none() is not None

    async def join(self, one: UserId, other: UserId, now: datetime) -> Joined | None:
        async with self._database.write() as session:
            joined = await joining.join(session, one, other, now)
        self._images.forget(None)
        return joined


async def _find(session: AsyncSession, identity: Identity) -> tuple[UserRow, BanRow | None] | None:
    wanted = (
        select(UserRow, BanRow)
        .join(IdentityRow, col(IdentityRow.user_id) == col(UserRow.id))
        .outerjoin(BanRow, col(BanRow.user_id) == col(UserRow.id))
        .where(
            col(IdentityRow.platform) == identity.platform.value,
            col(IdentityRow.platform_user_id) == identity.id,
        )
    )
    found = (await session.execute(wanted)).one_or_none()
    return (found[0], found[1]) if found else None


async def _person(session: AsyncSession, user: UserRow, ban: BanRow | None) -> Person:
    team = (await session.execute(own_team(user.id))).scalar_one()
    return Person(user_from(user, ban), team_from(team))
