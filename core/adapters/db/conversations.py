"""Messages with buttons and what they are about, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, delete, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from core.adapters.db.tables import ConversationRow
from core.chats import Conversation, ConversationId
from core.errors import IdTaken
from core.model import UserId

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from core.adapters.db.engine import Database


class SqlConversations:
    """Conversations over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, new: Conversation, now: datetime) -> None:
        row = ConversationRow(
            id=new.id,
            user_id=new.user_id,
            kind=new.kind,
            state=dict(new.state),
            created_at=now,
            expires_at=new.expires_at,
        )
        over = delete(ConversationRow).where(col(ConversationRow.expires_at) <= now)
        try:
            async with self._database.write() as session:
                await session.execute(over)
                session.add(row)
        except IntegrityError as err:
            raise IdTaken from err

    async def find(self, conversation_id: ConversationId, now: datetime) -> Conversation | None:
        async with self._database.read() as session:
            row = (await session.execute(_living(conversation_id, now))).scalar_one_or_none()
            return _conversation(row) if row else None

    async def change(
        self,
        conversation_id: ConversationId,
        now: datetime,
        expires_at: datetime,
        revise: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    ) -> Conversation | None:
        async with self._database.write() as session:
            wanted = _living(conversation_id, now).with_for_update()
            row = (await session.execute(wanted)).scalar_one_or_none()
            if row is None:
                return None
            row.state = dict(revise(row.state))
            row.expires_at = expires_at
            return _conversation(row)


def _living(conversation_id: ConversationId, now: datetime) -> Select[ConversationRow]:
    return select(ConversationRow).where(
        col(ConversationRow.id) == conversation_id, col(ConversationRow.expires_at) > now
    )


def _conversation(row: ConversationRow) -> Conversation:
    return Conversation(
        ConversationId(row.id), UserId(row.user_id), row.kind, row.state, row.expires_at
    )
