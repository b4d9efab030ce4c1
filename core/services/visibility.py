"""Which images a caller sees. One rule for every face."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import Gone, NotFound
from core.ids import MEDIA_ID
from core.model import Media, MediaId
from core.services.access import owns

if TYPE_CHECKING:
    from core.model import Caller
    from core.ports import Catalog, Clock


class Visibility:
    """Finds living images for callers."""

    def __init__(self, catalog: Catalog, clock: Clock) -> None:
        self._catalog = catalog
        self._clock = clock

    async def find(self, media_id: str, caller: Caller) -> Media:
        """The image, if it lives and is public or the caller's team's.

        Raises:
            Gone: it was public, and was deleted or has expired.
            NotFound: it never was, or is not for this caller's eyes.
        """
        found = await self.living(media_id)
        if not found.public and not owns(caller, found):
            raise NotFound
        return found

    def at_hand(self, media_id: str) -> Media | None:
        """The image, if it lives, everybody may see it, and that is known without asking."""
        found = self._catalog.at_hand(MediaId(media_id))
        if not isinstance(found, Media) or not found.public or found.expired(self._clock.now()):
            return None
        return found

    async def living(self, media_id: str) -> Media:
        """The image, if it lives, for whoever judges by themselves who may see it.

        An image found to be over its time is buried there and then, so that a clock that
        steps back can't bring it back.

        Raises:
            Gone: it was public, and was deleted or has expired.
            NotFound: it never was, or was private.
        """
        if not MEDIA_ID.fullmatch(media_id):
            raise NotFound
        found = await self._catalog.find(MediaId(media_id))
        if found is None:
            raise NotFound
        if not isinstance(found, Media):
            raise Gone if found.was_public else NotFound
        now = self._clock.now()
        if found.expired(now):
            await self._catalog.expire(found.id, now)
            raise Gone if found.public else NotFound
        return found
