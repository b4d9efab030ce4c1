"""What platforms told bots, in the database.

A bundle is never torn: whoever changes several rows locks them first, in the order of their ids
(see `locks`), and whoever takes a bundle waits for those. SKIP LOCKED is for what is alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from sqlmodel import col

from core.adapters.db import locks
from core.adapters.db.inbox_table import InboxRow
from core.adapters.db.upserts import insert_into
from core.chats import Taken, Told

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncSession

    from core.adapters.db.engine import Database
    from core.chats import Lease

_SAID = (
    col(InboxRow.id),
    col(InboxRow.payload),
    col(InboxRow.bundle),
    col(InboxRow.taken),
)


class SqlInbox:
    """An inbox over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(
        self, told: Sequence[Told], lease: Lease, quiet: timedelta, cap: timedelta
    ) -> list[str]:
        now = lease.since
        bundles = {one.bundle for one in told if one.bundle is not None}
        async with self._database.write() as session:
            arriving = await _hold_arriving(session, bundles, now - cap)
            due = dict.fromkeys(bundles, now + quiet)
            for bundle, (_, since) in arriving.items():
                due[bundle] = min(now + quiet, since + cap)
            new = await _insert(session, [_row(one, lease, due) for one in told])
            for bundle in sorted({one.bundle for one in told if one.id in new and one.bundle}):
                if bundle in arriving:
                    pieces = (*_untaken([bundle]), col(InboxRow.due_at) == arriving[bundle][0])
                    await _set(session, *pieces, due_at=due[bundle])
            return new

    async def take(
        self, prefix: str, limit: int, held: Collection[str], lease: Lease, most: int
    ) -> Taken:
        now = lease.since
        due = (
            *_living(prefix),
            col(InboxRow.due_at) <= now,
            col(InboxRow.id).not_in(held),
        )
        complete = (
            select(col(InboxRow.bundle))
            .where(*due, col(InboxRow.bundle).is_not(None))
            .group_by(col(InboxRow.bundle))
            .order_by(func.min(col(InboxRow.due_at)))
            .limit(limit)
        )
        async with self._database.write() as session:
            bundles = (await session.execute(complete)).scalars().all()
            rows = await _hold_pieces(session, bundles, *due)
            rows += await _hold_singles(session, limit - len(bundles), *due)
            given = [row for row in rows if row.taken < most]
            over = [row.id for row in rows if row.taken >= most]
            if given:
                await _set(
                    session,
                    col(InboxRow.id).in_([row.id for row in given]),
                    owner=lease.owner,
                    due_at=lease.until,
                    taken=col(InboxRow.taken) + 1,
                )
            if over:
                await _drop(session, over)
        return Taken(_bundled(given), over)

    async def next_due(self, prefix: str, held: Collection[str]) -> datetime | None:
        wanted = select(col(InboxRow.id), col(InboxRow.due_at)).where(*_living(prefix))
        # To compare each row with each that is held would take long where many are.
        first = wanted.order_by(col(InboxRow.due_at)).limit(len(held) + 1)
        async with self._database.read() as session:
            rows = await session.execute(first)
        return next((due_at for told, due_at in rows if told not in held), None)

    async def done(self, ids: Collection[str]) -> None:
        async with self._database.write() as session:
            await locks.hold_told(session, col(InboxRow.id).in_(ids))
            await _drop(session, ids)

    async def release(
        self, ids: Collection[str], owner: str, now: datetime, *, tried: bool
    ) -> None:
        taken = col(InboxRow.taken) - (0 if tried else 1)
        async with self._database.write() as session:
            own = await _hold_own(session, ids, owner)
            await _set(session, *own, owner=None, due_at=now, taken=taken)

    async def renew(self, ids: Collection[str], lease: Lease) -> None:
        async with self._database.write() as session:
            own = await _hold_own(session, ids, lease.owner)
            await _set(session, *own, due_at=lease.until)


def _row(one: Told, lease: Lease, due: dict[str, datetime]) -> dict[str, Any]:
    row = {
        "id": one.id,
        "bundle": one.bundle,
        "payload": dict(one.payload),
        "owner": None,
        "taken": 0,
        "created_at": lease.since,
    }
    if one.bundle is None:
        return row | {"owner": lease.owner, "due_at": lease.until, "taken": 1}
    return row | {"due_at": due[one.bundle]}


async def _hold_arriving(
    session: AsyncSession, bundles: Collection[str], after: datetime
) -> dict[str, tuple[datetime, datetime]]:
    """Keep others from these bundles; gives when those are due that go on, and since when they do.

    One that began before `after` goes on no more, though nobody has taken it.
    """
    if not bundles:
        return {}
    await locks.hold_bundles(session, bundles)
    pieces = (
        select(col(InboxRow.bundle), col(InboxRow.due_at), func.min(col(InboxRow.created_at)))
        .where(*_untaken(bundles))
        .group_by(col(InboxRow.bundle), col(InboxRow.due_at))
        .order_by(col(InboxRow.due_at))
    )
    await locks.hold_told(session, *_untaken(bundles))
    return {
        str(bundle): (due_at, since)
        for bundle, due_at, since in await session.execute(pieces)
        if due_at and since > after
    }


def _untaken(bundles: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return col(InboxRow.bundle).in_(bundles), col(InboxRow.taken) == 0


async def _insert(session: AsyncSession, rows: list[dict[str, Any]]) -> list[str]:
    """Add rows that are not there; in order, as who adds the same ones waits for the commit."""
    insert = insert_into(session, InboxRow)
    in_order = sorted(rows, key=lambda row: row["id"])
    step = insert.values(in_order).on_conflict_do_nothing().returning(col(InboxRow.id))
    return list((await session.execute(step)).scalars())


def _living(prefix: str) -> tuple[ColumnElement[bool], ...]:
    """What is not done with, of the ids that begin so."""
    return (
        col(InboxRow.due_at).is_not(None),
        col(InboxRow.id).startswith(prefix, autoescape=True),
    )


async def _hold_pieces(
    session: AsyncSession, bundles: Sequence[str | None], *due: ColumnElement[bool]
) -> list[Row[Any]]:
    if not bundles:
        return []
    pieces = (*due, col(InboxRow.bundle).in_(bundles))
    await locks.hold_told(session, *pieces)
    # Whom that has waited for may have added another piece, which only a new statement sees.
    in_order = select(*_SAID).where(*pieces).order_by(col(InboxRow.id))
    return list(await session.execute(in_order.with_for_update()))


async def _hold_singles(
    session: AsyncSession, limit: int, *due: ColumnElement[bool]
) -> list[Row[Any]]:
    if limit <= 0:
        return []
    wanted = select(*_SAID).where(*due, col(InboxRow.bundle).is_(None))
    oldest = wanted.order_by(col(InboxRow.due_at)).limit(limit)
    return list(await session.execute(oldest.with_for_update(skip_locked=True)))


async def _hold_own(
    session: AsyncSession, ids: Collection[str], owner: str
) -> tuple[ColumnElement[bool], ...]:
    """Lock those of the ids that are this owner's; gives what they are known by."""
    own = (col(InboxRow.id).in_(ids), col(InboxRow.owner) == owner)
    await locks.hold_told(session, *own)
    return own


async def _drop(session: AsyncSession, ids: Collection[str]) -> None:
    """Leave of rows that somebody once told this."""
    nothing = dict.fromkeys(("payload", "bundle", "owner", "due_at"))
    await _set(session, col(InboxRow.id).in_(ids), **nothing)


async def _set(session: AsyncSession, *conditions: ColumnElement[bool], **values: Any) -> None:
    await session.execute(
        update(InboxRow)
        .where(*conditions)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def _bundled(rows: Sequence[Row[Any]]) -> list[list[Told]]:
    """Pieces beside each other, and all in the order of ids: numbers, as far as they differ."""
    found: dict[str, list[Told]] = {}
    for row in sorted(rows, key=lambda row: (len(row.id), row.id)):
        told = Told(row.id, row.payload, row.bundle)
        found.setdefault(f"in {row.bundle}" if row.bundle else row.id, []).append(told)
    return list(found.values())
