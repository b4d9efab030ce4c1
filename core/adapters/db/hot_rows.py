"""The rows that everybody asks for, kept in memory while it is known that they hold."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from core.adapters.db.catalog import SqlCatalog

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from core.adapters.db.engine import Database
    from core.model import Media, MediaId, MediaPatch, TeamId, Tombstone

HOT_ROWS = 10_000
"""Images that are kept: some kilobytes each, with their captions and attribution."""


class HotCatalog(SqlCatalog):
    """The catalog, whose `find` does not ask the database again for what has not changed.

    A row is kept only if nobody changed it between the moment that it was asked for and the
    moment that it came: a change that is told in between takes the reading's mark away.
    """

    def __init__(
        self, database: Database, reservation_life: timedelta, most: int = HOT_ROWS
    ) -> None:
        super().__init__(database, reservation_life)
        self._most = most
        self._rows: OrderedDict[str, Media | Tombstone] = OrderedDict()
        self._readings: dict[str, object] = {}
        self._changes = database.changes
        self._changes.tell(self)

    async def find(self, media_id: MediaId) -> Media | Tombstone | None:
        kept = self.at_hand(media_id)
        if kept is not None:
            return kept
        if not self._changes.current():
            return await super().find(media_id)
        mark = self._readings[media_id] = object()
        try:
            found = await super().find(media_id)
            unchanged = self._changes.current() and self._readings.get(media_id) is mark
            if found is not None and unchanged:
                self._keep(media_id, found)
            return found
        finally:
            if self._readings.get(media_id) is mark:
                del self._readings[media_id]

    def at_hand(self, media_id: MediaId) -> Media | Tombstone | None:
        kept = self._rows.get(media_id) if self._changes.current() else None
        if kept is not None:
            self._rows.move_to_end(media_id)
        return kept

    def forget(self, media_ids: Iterable[str] | None) -> None:
        """See ChangeListener."""
        if media_ids is None:
            self._rows.clear()
            self._readings.clear()
            return
        for media_id in media_ids:
            self._rows.pop(media_id, None)
            self._readings.pop(media_id, None)

    # What this process does itself it need not be told, and must not wait to be.

    async def update(
        self, team_id: TeamId, media_ids: list[MediaId], patch: MediaPatch, now: datetime
    ) -> list[Media]:
        try:
            return await super().update(team_id, media_ids, patch, now)
        finally:
            self.forget(media_ids)

    async def remove(
        self, media_ids: list[MediaId], team_id: TeamId | None, reason: str, now: datetime
    ) -> list[MediaId]:
        try:
            return await super().remove(media_ids, team_id, reason, now)
        finally:
            self.forget(media_ids)

    async def expire(self, media_id: MediaId, now: datetime) -> None:
        try:
            await super().expire(media_id, now)
        finally:
            self.forget([media_id])

    def _keep(self, media_id: MediaId, found: Media | Tombstone) -> None:
        self._rows[media_id] = found
        while len(self._rows) > self._most:
            self._rows.popitem(last=False)
