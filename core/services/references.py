"""Albums and embed profiles that a request names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.fields import NO_REFERENCE

if TYPE_CHECKING:
    from core.model import TeamId
    from core.ports import Catalog


async def foreign_references(
    catalog: Catalog, team_id: TeamId, album_id: str | None, profile_id: int | None
) -> dict[str, list[str]]:
    """Those that the team may not use: fields to sentences."""
    missing = await catalog.missing_references(team_id, album_id, profile_id)
    return {name: [NO_REFERENCE] for name in missing}
