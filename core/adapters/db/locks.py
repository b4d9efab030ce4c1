"""What PostgreSQL has to be asked for, and SQLite's one write lock gives anyway.

Rows are locked in the order users, embed profiles, albums, chats, teams, media, usage, views,
blobs, and blobs by their bytes' hashes, so that no two processes wait for each other. Titles of
albums come before albums. What is told bots has nothing to do with those: its bundles come first,
then rows by their ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

from sqlalchemy import func, select
from sqlmodel import col

from core.adapters.db.inbox_table import InboxRow
from core.adapters.db.tables import BlobRow, UserRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncSession

FIRST_ADMIN = 0x50_49_58_02
_BUNDLES = 0x50_49_58_03
_TITLES = 0x50_49_58_04
_SIGN = 1 << 31


async def one_at_a_time(session: AsyncSession, work: int) -> None:
    """Be the only process in this work until the commit."""
    if _rows_need_locks(session):
        await session.execute(select(func.pg_advisory_xact_lock(work)))


async def hold_user(session: AsyncSession, user_id: int) -> None:
    """See who bans this user right now to the end, and keep others from it until the commit."""
    if _rows_need_locks(session):
        wanted = select(col(UserRow.id)).where(col(UserRow.id) == user_id)
        await session.execute(wanted.with_for_update(key_share=True, read=True))


async def hold_blobs(session: AsyncSession, blob_ids: Collection[str]) -> None:
    """Lock records of blobs until the commit."""
    if _rows_need_locks(session) and blob_ids:
        wanted = select(col(BlobRow.id)).where(col(BlobRow.id).in_(blob_ids))
        in_order = wanted.order_by(col(BlobRow.sha256), col(BlobRow.id))
        await session.execute(in_order.with_for_update())


async def hold_bundles(session: AsyncSession, bundles: Collection[str]) -> None:
    """Be alone in adding pieces to these bundles until the commit.

    Locks of rows would not do: who adds the first piece has none. Two bundles of one number do no
    harm but wait.
    """
    await _hold_names(session, _BUNDLES, bundles)


async def hold_title(session: AsyncSession, team_id: int, title: str) -> None:
    """Be alone in making an album of this title for the team until the commit; likewise."""
    await _hold_names(session, _TITLES, [f"{team_id}:{title}"])


async def hold_told(session: AsyncSession, *conditions: ColumnElement[bool]) -> None:
    """Lock what bots were told until the commit."""
    if _rows_need_locks(session):
        wanted = select(col(InboxRow.id)).where(*conditions).order_by(col(InboxRow.id))
        await session.execute(wanted.with_for_update())


async def _hold_names(session: AsyncSession, kind: int, names: Collection[str]) -> None:
    if _rows_need_locks(session):
        for number in sorted({crc32(name.encode()) - _SIGN for name in names}):
            await session.execute(select(func.pg_advisory_xact_lock(kind, number)))


def _rows_need_locks(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "postgresql"
