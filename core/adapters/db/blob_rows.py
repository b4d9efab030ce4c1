"""Records of stored bytes, as steps within the caller's transaction."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlmodel import col

from core.adapters.db import locks
from core.adapters.db.tables import BlobRow
from core.adapters.db.upserts import insert_into

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.model import Blob, StagedFile


async def hold(
    session: AsyncSession, files: Iterable[StagedFile], now: datetime
) -> dict[str, BlobRow]:
    """The live copies of bytes by their hashes, locked until the commit in the order of `locks`."""
    wanted = {file.sha256: file for file in files}
    return {sha256: await _hold(session, wanted[sha256], now) for sha256 in sorted(wanted)}


async def _hold(session: AsyncSession, file: StagedFile, now: datetime) -> BlobRow:
    """The live copy of these bytes, locked until the commit; recorded if there is none.

    One statement, whoever records the same bytes at the same moment.
    """
    insert = insert_into(session, BlobRow)
    step = (
        insert.values(id=secrets.token_hex(16), sha256=file.sha256, size=file.size, created_at=now)
        .on_conflict_do_update(
            index_elements=[col(BlobRow.sha256)],
            index_where=col(BlobRow.doomed_at).is_(None),
            set_={"suspect_at": None},
        )
        .returning(BlobRow)
        .execution_options(populate_existing=True)
    )
    held: BlobRow = (await session.execute(step)).scalar_one()
    return held


async def mark_stored(session: AsyncSession, blobs: list[Blob | None], now: datetime) -> None:
    """Note that these blobs' bytes are safe."""
    present = [blob.id for blob in blobs if blob]
    if len(present) > 1:
        await locks.hold_blobs(session, present)
    await session.execute(
        update(BlobRow)
        .where(col(BlobRow.id).in_(present), col(BlobRow.stored_at).is_(None))
        .values(stored_at=now)
        .execution_options(synchronize_session=False)
    )
