"""What is good once, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, delete, select
from sqlmodel import col

from core.adapters.db.tables import TicketRow
from core.model import UserId

if TYPE_CHECKING:
    from datetime import datetime

    from core.adapters.db.engine import Database
    from core.ports_chats import Purpose


class SqlTickets:
    """Tickets over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        purpose: Purpose,
        secret_hash: str,
        user_id: UserId,
        now: datetime,
        expires_at: datetime,
    ) -> None:
        async with self._database.write() as session:
            await session.execute(delete(TicketRow).where(col(TicketRow.expires_at) <= now))
            session.add(
                TicketRow(
                    id=secret_hash,
                    purpose=purpose,
                    user_id=user_id,
                    created_at=now,
                    expires_at=expires_at,
                )
            )

    async def find(self, purpose: Purpose, secret_hash: str, now: datetime) -> UserId | None:
        wanted = select(col(TicketRow.user_id)).where(*_good(purpose, secret_hash, now))
        async with self._database.read() as session:
            found = (await session.execute(wanted)).scalar_one_or_none()
        return None if found is None else UserId(found)

    async def redeem(self, purpose: Purpose, secret_hash: str, now: datetime) -> UserId | None:
        step = (
            delete(TicketRow)
            .where(*_good(purpose, secret_hash, now))
            .returning(col(TicketRow.user_id))
            .execution_options(synchronize_session=False)
        )
        async with self._database.write() as session:
            found = (await session.execute(step)).scalar_one_or_none()
        return None if found is None else UserId(found)


def _good(purpose: Purpose, secret_hash: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(TicketRow.id) == secret_hash,
        col(TicketRow.purpose) == purpose,
        col(TicketRow.expires_at) > now,
    )
