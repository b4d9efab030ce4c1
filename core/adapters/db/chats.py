"""Chats, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from core.adapters.db.newcomers import ADMINISTRATOR, found_team
from core.adapters.db.rows import in_no_row, team_from
from core.adapters.db.tables import (
    ChatPostRow,
    ChatRow,
    EmbedProfileRow,
    MediaRow,
    MembershipRow,
    TeamRow,
    UserRow,
)
from core.chats import Chat, ChatId, ChatRef, ChatSettings, Platform
from core.errors import InvalidInput
from core.fields import NO_REFERENCE
from core.model import MediaId

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.adapters.db.engine import Database
    from core.model import UserId

TEAM_NAME_MAX = 200


class SqlChats:
    """Chats over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, ref: ChatRef) -> Chat | None:
        async with self._database.read() as session:
            row = await _row(session, ref)
            return await _chat(session, row) if row else None

    async def change(self, ref: ChatRef, now: datetime, revise: Callable[[Chat], Chat]) -> Chat:
        async def step(session: AsyncSession, row: ChatRow) -> None:
            revised = revise(await _chat(session, row))
            if revised.embed_profile_id is not None:
                await _hold_profile(session, revised.embed_profile_id)
            row.embed_profile_id = revised.embed_profile_id
            row.settings = revised.settings.written()

        return await self._with_row(ref, now, step)

    async def share(
        self, ref: ChatRef, user_id: UserId, name: str, plan: str, now: datetime
    ) -> Chat:
        async def step(session: AsyncSession, row: ChatRow) -> None:
            if row.team_id is None:
                team = TeamRow(name=name[:TEAM_NAME_MAX], plan=plan, created_at=now)
                row.team_id = (await found_team(session, team, user_id, ADMINISTRATOR)).id
            elif not await session.get(MembershipRow, (user_id, row.team_id)):
                session.add(MembershipRow(user_id=user_id, team_id=row.team_id, role=ADMINISTRATOR))
            row.sharing = True

        return await self._with_row(ref, now, step)

    async def unshare(self, ref: ChatRef, now: datetime) -> Chat:
        async def step(_: AsyncSession, row: ChatRow) -> None:
            row.sharing = False

        return await self._with_row(ref, now, step)

    async def move(self, old: ChatRef, new: ChatRef) -> None:
        try:
            await self._move(old, new)
        except IntegrityError:  # the other was recorded in this very moment
            await self._move(old, new)

    async def _move(self, old: ChatRef, new: ChatRef) -> None:
        async with self._database.write() as session:
            # Who moves it at the same time waits here, and finds nothing to move.
            row = await _row(session, old, held=True)
            if row is None:
                return
            other = await _row(session, new, held=True)
            settings = ChatSettings.read(row.settings).moved(old.id, new.id).written()
            if other is None:
                row.platform_chat_id, row.settings = new.id, settings
                return
            posts = update(ChatPostRow).where(col(ChatPostRow.chat_id) == row.id)
            await session.execute(posts.values(chat_id=other.id))
            if other.team_id is None:
                other.team_id, other.sharing = row.team_id, row.sharing
            other.embed_profile_id = other.embed_profile_id or row.embed_profile_id
            other.settings = {**settings, **other.settings}
            await session.delete(row)

    async def note_post(
        self, ref: ChatRef, media_id: MediaId, user_id: UserId, now: datetime
    ) -> None:
        async def step(session: AsyncSession, row: ChatRow) -> None:
            # Held, so that it can't go between this look and the record that names it.
            image = select(col(MediaRow.id)).where(col(MediaRow.id) == media_id)
            held = image.with_for_update(key_share=True, read=True)
            known = await session.get(ChatPostRow, media_id)
            if known or (await session.execute(held)).first() is None:
                return
            if await session.get(UserRow, user_id) is None:
                return  # who was joined with another account meanwhile
            assert row.id is not None
            session.add(
                ChatPostRow(media_id=media_id, chat_id=row.id, user_id=user_id, created_at=now)
            )

        await self._with_row(ref, now, step, held=False)

    async def last_post(self, ref: ChatRef, user_id: UserId) -> MediaId | None:
        wanted = (
            select(col(ChatPostRow.media_id))
            .join(ChatRow, col(ChatRow.id) == col(ChatPostRow.chat_id))
            .where(*_named(ref), col(ChatPostRow.user_id) == user_id)
            .order_by(col(ChatPostRow.created_at).desc(), col(ChatPostRow.media_id).desc())
            .limit(1)
        )
        async with self._database.read() as session:
            found = (await session.execute(wanted)).scalar_one_or_none()
            return None if found is None else MediaId(found)

    async def was_posted(self, ref: ChatRef, media_id: MediaId) -> bool:
        wanted = (
            select(col(ChatPostRow.media_id))
            .join(ChatRow, col(ChatRow.id) == col(ChatPostRow.chat_id))
            .where(*_named(ref), col(ChatPostRow.media_id) == media_id)
        )
        async with self._database.read() as session:
            return (await session.execute(wanted)).first() is not None

    async def _with_row(
        self,
        ref: ChatRef,
        now: datetime,
        step: Callable[[AsyncSession, ChatRow], Awaitable[None]],
        *,
        held: bool = True,
    ) -> Chat:
        """Take a step with the chat's row, which is made if there is none."""
        try:
            return await self._take(ref, now, step, held=held)
        except IntegrityError:  # somebody else made the row in this very moment
            return await self._take(ref, now, step, held=held)

    async def _take(
        self,
        ref: ChatRef,
        now: datetime,
        step: Callable[[AsyncSession, ChatRow], Awaitable[None]],
        *,
        held: bool,
    ) -> Chat:
        async with self._database.write() as session:
            row = await _row(session, ref, held=held)
            if row is None:
                row = ChatRow(platform=ref.platform.value, platform_chat_id=ref.id, created_at=now)
                session.add(row)
                await session.flush()
            await step(session, row)
            await session.flush()
            return await _chat(session, row)


def _named(ref: ChatRef) -> tuple[ColumnElement[bool], ...]:
    return (
        col(ChatRow.platform) == ref.platform.value,
        col(ChatRow.platform_chat_id) == ref.id,
    )


async def _row(session: AsyncSession, ref: ChatRef, *, held: bool = False) -> ChatRow | None:
    wanted = select(ChatRow).where(*_named(ref))
    if held:
        wanted = wanted.with_for_update()
    return (await session.execute(wanted)).scalar_one_or_none()


async def _hold_profile(session: AsyncSession, profile_id: int) -> None:
    """Keep an embed profile from being dropped until the commit."""
    wanted = select(col(EmbedProfileRow.id)).where(col(EmbedProfileRow.id) == profile_id)
    held = wanted.with_for_update(key_share=True, read=True)
    if in_no_row(profile_id) or (await session.execute(held)).first() is None:
        raise InvalidInput.on("embed", NO_REFERENCE)


async def _chat(session: AsyncSession, row: ChatRow) -> Chat:
    assert row.id is not None
    team = await session.get(TeamRow, row.team_id) if row.team_id and row.sharing else None
    return Chat(
        ChatId(row.id),
        ChatRef(Platform(row.platform), row.platform_chat_id),
        team_from(team) if team else None,
        row.embed_profile_id,
        ChatSettings.read(row.settings),
    )
