"""What the counting of views needs of the world; see `core.ports`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from core.model import MediaId


class ViewBook(Protocol):
    """How often images were looked at. Both raise Unavailable without a database."""

    async def add(self, seen: Mapping[MediaId, int]) -> None:
        """Count further views, all in one commit; what is no image any more is left out."""

    async def read(self, media_ids: Collection[MediaId]) -> dict[MediaId, int]:
        """The views of these images; those that nobody has looked at are left out."""


class Visits(Protocol):
    """Who was where not long ago, over all processes."""

    async def note(self, visits: Sequence[tuple[str, datetime]], within: timedelta) -> list[bool]:
        """Note visits by their names and times; says of each whether it is new.

        It is not where one of that name was noted whose time is less than `within` before.

        Raises:
            Unavailable: it can't be asked right now; some may have been noted all the same.
        """
