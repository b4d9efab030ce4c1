"""A team's images: listing, changing, deleting."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import Gone, InvalidInput, NotFound, Unauthenticated, WrongDeleteToken
from core.ids import MEDIA_ID, hash_secret
from core.model import MediaId, MediaPatch, Unset
from core.services.cursors import Cursors
from core.services.lifetimes import expiry
from core.services.references import foreign_references

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, timedelta

    from core.model import Caller, Media, MediaFilter, Team
    from core.ports import Catalog, Clock
    from core.services.access import Access
    from core.services.visibility import Visibility


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `next_cursor` is None at the end."""

    media: list[Media]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """A patch as asked for: `ttl` None makes permanent, UNSET leaves."""

    patch: MediaPatch
    ttl: timedelta | Unset | None = Unset.UNSET


class Library:
    """What a team does with what it has hosted."""

    def __init__(
        self,
        catalog: Catalog,
        visibility: Visibility,
        access: Access,
        clock: Clock,
        secrets: Sequence[str],
    ) -> None:
        self._catalog = catalog
        self._visibility = visibility
        self._access = access
        self._clock = clock
        self._cursors = Cursors(secrets, "cursor")

    async def get(self, media_id: str, caller: Caller) -> Media:
        """One image; see Visibility.find."""
        return await self._visibility.find(media_id, caller)

    async def page(
        self,
        caller: Caller,
        chosen: MediaFilter,
        cursor: str | None,
        limit: int,
        *,
        offset: int = 0,
    ) -> Page:
        """A page of the team's images, newest first.

        By a cursor its cost does not grow with the library; by an offset it does.

        Raises:
            InvalidInput: the cursor is not one that we gave to this team.
        """
        team = _team(caller)
        after = self._cursors.read(team.id, cursor) if cursor is not None else None
        now = self._clock.now()
        media = await self._catalog.list_page(team.id, chosen, after, limit + 1, now, offset)
        shown = media[:limit]
        if len(media) <= limit:
            return Page(shown, None)
        return Page(shown, self._cursors.after(team.id, shown[-1].created_at, shown[-1].id))

    async def tags_of(self, media: Collection[Media]) -> dict[MediaId, tuple[str, ...]]:
        """The tags of those of the images that have any, in the order that they were given in."""
        return await self._catalog.tags_of([one.id for one in media]) if media else {}

    async def change(self, caller: Caller, media_id: str, change: Change) -> Media:
        """Change one image of the team.

        Raises:
            NotFound: the team has no such living image.
            InvalidInput: see `change_many`.
        """
        changed = await self.change_many(caller, [media_id], change)
        if not changed:
            await self._visibility.find(media_id, caller)  # buries it if its time is over
            raise NotFound
        return changed[0]

    async def change_many(
        self, caller: Caller, media_ids: Sequence[str], change: Change
    ) -> list[Media]:
        """Change those of the images that are the team's; others are skipped.

        Raises:
            InvalidInput: permanence where the plan has a retention, an album or profile that
                is not the team's, too much attribution, or too many tags.
        """
        team = _team(caller)
        now = self._clock.now()
        if errors := await self.refusals(caller, change):
            raise InvalidInput(errors=errors)
        patch = replace(change.patch, expires_at=self._expiry(team, change.ttl, now))
        return await self._catalog.update(team.id, _ids(media_ids), patch, now)

    async def refusals(self, caller: Caller, change: Change) -> dict[str, list[str]]:
        """What this team can't have: fields to sentences."""
        team, patch = _team(caller), change.patch
        errors = await foreign_references(
            self._catalog,
            team.id,
            None if isinstance(patch.album_id, Unset) else patch.album_id,
            None if isinstance(patch.embed_profile_id, Unset) else patch.embed_profile_id,
        )
        retention = self._access.plan(team.plan).retention
        if change.ttl is None and retention is not None:
            errors["ttl"] = [f"The plan keeps images for {retention.days} days."]
        return errors

    async def delete(self, caller: Caller, media_id: str) -> None:
        """Delete one image of the team, for good and at once.

        Raises:
            NotFound: the team has no such living image.
        """
        if not await self.delete_many(caller, [media_id]):
            await self._visibility.find(media_id, caller)  # buries it if its time is over
            raise NotFound

    async def delete_many(self, caller: Caller, media_ids: Sequence[str]) -> list[MediaId]:
        """Delete those of the images that are the team's; gives their ids."""
        team = _team(caller)
        return await self._catalog.remove(_ids(media_ids), team.id, "deleted", self._clock.now())

    async def take_back(self, caller: Caller, media_id: str, delete_token: str) -> None:
        """Delete an anonymous upload by the token that its uploader was given.

        Raises:
            NotFound: no such living image.
            WrongDeleteToken: the token is another's.
        """
        media = await self._visibility.find(media_id, caller)
        if (
            media.delete_token_hash is None
            or not delete_token.isascii()  # a header may hold any bytes
            or not hmac.compare_digest(media.delete_token_hash, hash_secret(delete_token))
        ):
            raise WrongDeleteToken
        if not await self._catalog.remove([media.id], None, "deleted", self._clock.now()):
            raise Gone  # another request was faster

    def _expiry(
        self, team: Team, ttl: timedelta | Unset | None, now: datetime
    ) -> datetime | Unset | None:
        if isinstance(ttl, Unset):
            return ttl
        return expiry(now, ttl, self._access.plan(team.plan))


def _team(caller: Caller) -> Team:
    if caller.team is None:
        raise Unauthenticated
    return caller.team


def _ids(media_ids: Sequence[str]) -> list[MediaId]:
    """The well-formed ids; others name nothing."""
    return [MediaId(one) for one in media_ids if MEDIA_ID.fullmatch(one)]
