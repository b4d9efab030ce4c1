"""The gallery: images that are public, listed and not nsfw, of all teams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core import ports_sharing
    from core.model import Media
    from core.ports import Clock

PAGE_MAX = 1_000_000
"""Pages that can be asked for; those past the end are empty."""


@dataclass(frozen=True, slots=True)
class GalleryPage:
    """One page, counted from 1, newest images first; `total` counts images over all `pages`."""

    media: list[Media]
    page: int
    pages: int
    total: int


class Gallery:
    """What whoever comes by is shown."""

    def __init__(self, gallery: ports_sharing.Gallery, clock: Clock) -> None:
        self._gallery = gallery
        self._clock = clock

    async def page(self, page: int, limit: int) -> GalleryPage:
        """A page of `limit` images; past the end it is empty."""
        offset = (min(page, PAGE_MAX) - 1) * limit
        media, total = await self._gallery.page(offset, limit, self._clock.now())
        return GalleryPage(media, page, -(-total // limit), total)
