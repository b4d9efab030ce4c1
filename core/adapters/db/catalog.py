"""What is hosted, in the database."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from core.adapters.db import burial, ledger, listing, locks, references, tags
from core.adapters.db.blob_rows import hold, mark_stored
from core.adapters.db.room import try_room
from core.adapters.db.rows import (
    in_no_row,
    living,
    media_from,
    row_from,
    select_media,
    usage_from,
)
from core.adapters.db.tables import (
    BanRow,
    MediaRow,
    TombstoneRow,
    UsageRow,
    UserRow,
)
from core.errors import Banned, ExternalIdDuplicate, IdTaken, Unavailable
from core.fields import merged_metadata
from core.file_names import renamed
from core.model import (
    Media,
    MediaFilter,
    MediaId,
    MediaPatch,
    NewMedia,
    Plan,
    Position,
    TeamId,
    Tombstone,
    Unset,
    Usage,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy.ext.asyncio import AsyncSession

    from core.adapters.db.engine import Database

_JOINED = "This account has just been joined with another one."
CHECK_PATIENCE = 2.0
"""Seconds that a check waits for the writers before it."""


class SqlCatalog:
    """The catalog over one database.

    A reservation older than `reservation_life` belongs to a process that died: it does not
    stand in the way of another upload with its external id.
    """

    def __init__(self, database: Database, reservation_life: timedelta) -> None:
        self._database = database
        self._reservation_life = reservation_life

    async def reserve(self, new: NewMedia, plan: Plan | None) -> Media:
        (media,) = await self.reserve_all([new], plan)
        return media

    async def reserve_all(self, new: Sequence[NewMedia], plan: Plan | None) -> list[Media]:
        try:
            async with self._database.write() as session:
                return await self._reserve(session, new, plan)
        except IntegrityError as err:
            # Another process was faster by a moment, with an id or external id of ours.
            for one in new:
                if one.team_id is not None and one.external_id is not None:
                    async with self._database.write() as session:
                        await self._refuse_duplicate(session, one, one.team_id)
            raise IdTaken from err

    async def publish(self, media: Media, now: datetime) -> None:
        async with self._database.write() as session:
            # A ban that came while the body did: what it removes must not be followed by more.
            if media.user_id is not None:
                await locks.hold_user(session, media.user_id)
                ban = await session.get(BanRow, media.user_id)
                if ban:
                    raise Banned
            step = (
                update(MediaRow)
                .where(col(MediaRow.id) == media.id, col(MediaRow.published_at).is_(None))
                .values(published_at=now)
                .returning(col(MediaRow.id))
                .execution_options(synchronize_session=False)
            )
            if (await session.execute(step)).first() is None:
                raise Unavailable("Storing the image took too long; send it again.", seconds=1)
            await mark_stored(session, [media.blob, media.sidecar], now)

    async def abandon(self, media_id: MediaId) -> None:
        async with self._database.write() as session:
            rows = await burial.lock(
                session, col(MediaRow.id) == media_id, col(MediaRow.published_at).is_(None)
            )
            for row in rows:
                await burial.undo(session, [row], row.created_at)

    async def find(self, media_id: MediaId) -> Media | Tombstone | None:
        async with self._database.read() as session:
            wanted = select_media().where(
                col(MediaRow.id) == media_id, col(MediaRow.published_at).is_not(None)
            )
            found = (await session.execute(wanted)).one_or_none()
            if found:
                return media_from(*found)
            stone = await session.get(TombstoneRow, media_id)
            if stone is None:
                return None
            return Tombstone(media_id, stone.gone_at, stone.reason, stone.was_public)

    def at_hand(self, media_id: MediaId) -> Media | Tombstone | None:
        """See Catalog: this one keeps nothing."""

    async def find_external(
        self, team_id: TeamId, external_id: str, now: datetime
    ) -> MediaId | None:
        if in_no_row(external_id):
            return None
        async with self._database.read() as session:
            found = await _external(session, team_id, external_id, *living(now))
            return MediaId(found.id) if found else None

    async def missing_references(
        self, team_id: TeamId, album_id: str | None, profile_id: int | None
    ) -> list[str]:
        async with self._database.read() as session:
            return await references.find_missing(session, team_id, album_id, profile_id)

    async def list_page(
        self,
        team_id: TeamId,
        chosen: MediaFilter,
        after: Position | None,
        limit: int,
        now: datetime,
        offset: int = 0,
    ) -> list[Media]:
        async with self._database.read() as session:
            return await listing.page(session, team_id, chosen, after, limit, now, offset)

    async def tags_of(self, media_ids: Collection[MediaId]) -> dict[MediaId, tuple[str, ...]]:
        async with self._database.read() as session:
            return await tags.read(session, media_ids)

    async def update(
        self, team_id: TeamId, media_ids: list[MediaId], patch: MediaPatch, now: datetime
    ) -> list[Media]:
        album_id = None if isinstance(patch.album_id, Unset) else patch.album_id
        profile_id = None if isinstance(patch.embed_profile_id, Unset) else patch.embed_profile_id
        async with self._database.write() as session:
            await references.hold(session, team_id, album_id, profile_id)
            rows = await burial.lock(
                session,
                col(MediaRow.id).in_(media_ids),
                col(MediaRow.team_id) == team_id,
                *living(now),
            )
            for row in rows:
                _apply(row, patch)
            if not isinstance(patch.tags, Unset):
                await tags.change(session, [row.id for row in rows], patch.tags)
            await session.flush()
            wanted = select_media().where(col(MediaRow.id).in_([row.id for row in rows]))
            found = (media_from(*one) for one in await session.execute(wanted))
            changed = {media.id: media for media in found}
            return [changed[one] for one in dict.fromkeys(media_ids) if one in changed]

    async def remove(
        self, media_ids: list[MediaId], team_id: TeamId | None, reason: str, now: datetime
    ) -> list[MediaId]:
        async with self._database.write() as session:
            rows = await burial.lock(
                session,
                col(MediaRow.id).in_(media_ids),
                col(MediaRow.team_id) == team_id,
                *living(now),
            )
            removed = [MediaId(row.id) for row in rows]
            await burial.bury(session, rows, reason, now)
            return removed

    async def expire(self, media_id: MediaId, now: datetime) -> None:
        async with self._database.write() as session:
            rows = await burial.lock(
                session, col(MediaRow.id) == media_id, col(MediaRow.expires_at) <= now
            )
            await burial.bury(session, rows, "expired", now)

    async def usage(self, team_id: TeamId, now: datetime) -> Usage:
        async with self._database.read() as session:
            return usage_from(await session.get(UsageRow, team_id), now)

    async def check(self) -> None:
        """See the tables, with a turn to write: who can only read can't serve for long."""
        async with self._database.write(CHECK_PATIENCE) as session:
            await session.execute(select(col(MediaRow.id)).limit(1))
            await try_room(session)

    async def _reserve(
        self, session: AsyncSession, new: Sequence[NewMedia], plan: Plan | None
    ) -> list[Media]:
        admitted = [await self._admit(session, one) for one in new]
        for one in admitted:
            await self._take(session, one, plan)
        files = [
            file for one in admitted for file in (one.ingested.blob, one.ingested.sidecar) if file
        ]
        blobs = await hold(session, files, admitted[0].created_at)
        shown = []
        for one in admitted:
            image = one.ingested
            sidecar = blobs[image.sidecar.sha256] if image.sidecar else None
            blob = blobs[image.blob.sha256]
            shown.append((row_from(one, blob, sidecar), blob, sidecar))
        session.add_all([row for row, _, _ in shown])
        await session.flush()
        await tags.put(session, {one.id: one.tags for one in admitted})
        return [media_from(*one) for one in shown]

    async def _admit(self, session: AsyncSession, new: NewMedia) -> NewMedia:
        """See that all but the quota allows it; gives it with the album that a title names."""
        if new.user_id is not None:
            await locks.hold_user(session, new.user_id)
            if await session.get(UserRow, new.user_id) is None:
                raise Unavailable(_JOINED, seconds=1)
        if new.team_id is not None:
            await references.hold(session, new.team_id, new.album_id, new.embed_profile_id)
            if new.album_title is not None:
                album_id = await references.hold_titled(
                    session, new.team_id, new.album_title, new.created_at
                )
                new = replace(new, album_id=album_id)
        if new.team_id is not None and new.external_id is not None:
            await self._refuse_duplicate(session, new, new.team_id)
        taken = or_(
            exists().where(col(MediaRow.id) == new.id),
            exists().where(col(TombstoneRow.id) == new.id),
        )
        if (await session.execute(select(taken))).scalar_one():
            raise IdTaken
        return new

    async def _take(self, session: AsyncSession, new: NewMedia, plan: Plan | None) -> None:
        if new.team_id is None or plan is None:
            return
        await ledger.take(session, new.team_id, plan, new.ingested.blob.size, new.created_at)
        if new.external_id is not None:
            # Whoever had the team's usage before us may have taken it. To find that out by
            # the insert would be to wait for their image while holding blobs.
            found = await _external(session, new.team_id, new.external_id)
            if found is not None:
                raise _duplicate(found)

    async def _refuse_duplicate(
        self, session: AsyncSession, new: NewMedia, team_id: TeamId
    ) -> None:
        assert new.external_id is not None
        found = await _external(session, team_id, new.external_id, locked=True)
        if found is None:
            return
        dead = new.created_at - self._reservation_life
        if found.published_at is None and found.created_at < dead:
            await burial.undo(session, [found], new.created_at)
        elif found.expires_at is not None and found.expires_at <= new.created_at:
            await burial.bury(session, [found], "expired", new.created_at)
        else:
            raise _duplicate(found)


def _duplicate(found: MediaRow) -> ExternalIdDuplicate:
    return ExternalIdDuplicate(id=found.id, pending=found.published_at is None)


def _apply(row: MediaRow, patch: MediaPatch) -> None:
    if not isinstance(patch.name, Unset):
        row.name = renamed(row.name, patch.name, row.format)
    if not isinstance(patch.caption, Unset):
        row.caption = patch.caption
    if not isinstance(patch.nsfw, Unset):
        row.nsfw = patch.nsfw
    if not isinstance(patch.listed, Unset):
        row.listed = patch.listed
    if not isinstance(patch.public, Unset):
        row.closings += row.public and not patch.public
        row.public = patch.public
    row.listed = row.listed and row.public  # who shows it again later does not mean the gallery
    if not isinstance(patch.expires_at, Unset):
        row.expires_at = patch.expires_at
    if not isinstance(patch.album_id, Unset):
        row.album_id = patch.album_id
    if not isinstance(patch.embed_profile_id, Unset):
        row.embed_profile_id = patch.embed_profile_id
    if patch.metadata:
        row.attribution = merged_metadata(row.attribution, patch.metadata)


async def _external(
    session: AsyncSession,
    team_id: TeamId,
    external_id: str,
    *conditions: ColumnElement[bool],
    locked: bool = False,
) -> MediaRow | None:
    wanted = select(MediaRow).where(
        col(MediaRow.team_id) == team_id, col(MediaRow.external_id) == external_id, *conditions
    )
    if locked:
        wanted = wanted.with_for_update()
    return (await session.execute(wanted)).scalar_one_or_none()
