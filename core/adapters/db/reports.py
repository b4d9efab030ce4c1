"""Reports of images, in the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlmodel import col

from core.accounts import Report
from core.adapters.db.rows import in_no_row
from core.adapters.db.tables import ReportRow
from core.model import MediaId

if TYPE_CHECKING:
    from datetime import datetime

    from core.adapters.db.engine import Database


class SqlReportBook:
    """Reports over one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, media_id: MediaId, reason: str, comment: str | None, reporter: str, now: datetime
    ) -> int | None:
        open_already = select(col(ReportRow.id)).where(
            col(ReportRow.media_id) == media_id,
            col(ReportRow.reporter_hash) == reporter,
            col(ReportRow.closed_at).is_(None),
        )
        row = ReportRow(
            media_id=media_id,
            reason=reason,
            comment=comment,
            reporter_hash=reporter,
            created_at=now,
        )
        async with self._database.write() as session:
            # Two at the same moment are both recorded: that does no harm.
            if (await session.execute(open_already.limit(1))).first():
                return None
            session.add(row)
            await session.flush()
            return row.id

    async def list(self, *, closed: bool, limit: int) -> list[Report]:
        wanted = select(ReportRow).order_by(col(ReportRow.id).desc()).limit(limit)
        if not closed:
            wanted = wanted.where(col(ReportRow.closed_at).is_(None))
        async with self._database.read() as session:
            found = (await session.execute(wanted)).scalars().all()
            return [_report_from(row) for row in reversed(found)]

    async def close(self, report_id: int, now: datetime) -> bool:
        if in_no_row(report_id):
            return False
        step = (
            update(ReportRow)
            .where(col(ReportRow.id) == report_id, col(ReportRow.closed_at).is_(None))
            .values(closed_at=now)
            .returning(col(ReportRow.id))
        )
        async with self._database.write() as session:
            return (await session.execute(step)).first() is not None


def _report_from(row: ReportRow) -> Report:
    assert row.id is not None
    return Report(
        row.id,
        MediaId(row.media_id),
        row.reason,
        row.comment,
        row.created_at,
        row.closed_at,
    )
