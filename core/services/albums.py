"""Albums: making and changing a team's own, and opening anybody's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.albums import Album, AlbumId
from core.errors import Forbidden, IdTaken, InvalidInput, NotFound, Unauthenticated
from core.ids import MEDIA_ID, new_media_id
from core.model import UNSET, MediaId, MediaPatch, Unset
from core.services.cursors import Cursors
from core.services.library import Change, Page
from core.services.references import foreign_references

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core import ports_sharing
    from core.model import Caller, Media, Team
    from core.ports import Catalog, Clock
    from core.services.album_locks import AlbumLocks
    from core.services.library import Library

_ID_TRIES = 8
_ALIKE = 1_000
"""Albums with a title in theirs that are looked through for the one that has no other."""

_NO_ALBUM = "There is no such album, or it is not yours to see."


@dataclass(frozen=True, slots=True)
class AlbumPage:
    """One page of a team's albums; `next_cursor` is None at the end."""

    albums: list[Album]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class AlbumChange:
    """Changes to an album, checked: UNSET leaves, None clears."""

    title: str | Unset = UNSET
    description: str | Unset | None = UNSET
    public: bool | Unset = UNSET
    password: str | Unset | None = UNSET
    embed_profile_id: int | Unset | None = UNSET


class Albums:
    """What teams do with their albums, and what others see of them."""

    def __init__(
        self,
        albums: ports_sharing.Albums,
        catalog: Catalog,
        library: Library,
        locks: AlbumLocks,
        clock: Clock,
        secrets: Sequence[str],
    ) -> None:
        self._albums = albums
        self._catalog = catalog
        self._library = library
        self._locks = locks
        self._clock = clock
        self._cursors = Cursors(secrets, "albums")
        self._media_cursors = Cursors(secrets, "album media")

    async def add(self, caller: Caller, wanted: AlbumChange) -> Album:
        """A new album of the caller's team; what is UNSET has its default.

        Raises:
            InvalidInput: an embed profile that the team may not use.
        """
        team = _team(caller)
        await self._check(team, wanted)
        empty = Album(
            id=AlbumId(""),
            team_id=team.id,
            title="",
            description=None,
            public=True,
            password_hash=None,
            embed_profile_id=None,
            created_at=self._clock.now(),
        )
        album = _changed(empty, wanted, await self._locks.hashed(wanted.password))
        for _ in range(_ID_TRIES):
            album = replace(album, id=AlbumId(new_media_id()))
            try:
                await self._albums.add(album)
            except IdTaken:
                continue
            return album
        raise IdTaken

    async def page(
        self, caller: Caller, cursor: str | None, limit: int, words: str | None = None
    ) -> AlbumPage:
        """A page of the team's albums, newest first; with `words` in their title.

        Raises:
            InvalidInput: the cursor is not one that we gave to this team.
        """
        team = _team(caller)
        after = self._cursors.read(team.id, cursor) if cursor is not None else None
        found = await self._albums.list_page(team.id, after, limit + 1, self._clock.now(), words)
        shown = found[:limit]
        if len(found) <= limit:
            return AlbumPage(shown, None)
        return AlbumPage(shown, self._cursors.after(team.id, shown[-1].created_at, shown[-1].id))

    async def find(self, album_id: str, caller: Caller) -> Album:
        """An album that the caller may know of: a public one, or the team's.

        One with a password is given, too: see `is_locked`.

        Raises:
            NotFound: there is none.
        """
        album = await self._albums.find(AlbumId(album_id), self._clock.now())
        if album is None or not (album.public or owns_album(caller, album)):
            raise NotFound(_NO_ALBUM)
        return album

    async def named(self, caller: Caller, given: str) -> Album | None:
        """The team's album of that id, else the newest of that title, in whatever case."""
        team, now = _team(caller), self._clock.now()
        if MEDIA_ID.fullmatch(given):
            found = await self._albums.find(AlbumId(given), now)
            if found and found.team_id == team.id:
                return found
        title = given.strip().casefold()
        alike = await self._albums.list_page(team.id, None, _ALIKE, now, given.strip())
        return next((each for each in alike if each.title.strip().casefold() == title), None)

    async def open(self, album_id: str, caller: Caller, password: str | None) -> Album:
        """An album whose images the caller may see.

        Raises:
            NotFound: there is none.
            Forbidden: it has a password, and this is not it.
            RateLimited: too many wrong ones were tried.
        """
        album = await self.find(album_id, caller)
        if is_locked(album, caller):
            if password is None:
                raise Forbidden("This album needs its password: send it as `X-Album-Password`.")
            if not await self._locks.opens(album, password, caller):
                raise Forbidden("This is not the album's password.")
        return album

    async def media(self, album: Album, caller: Caller, cursor: str | None, limit: int) -> Page:
        """A page of an opened album's images, newest first; others than its team see public ones.

        Raises:
            InvalidInput: the cursor is not one that we gave for this album.
        """
        after = self._media_cursors.read(album.id, cursor) if cursor is not None else None
        found = await self._albums.media_page(
            album.id,
            after,
            limit + 1,
            self._clock.now(),
            public_only=not owns_album(caller, album),
        )
        shown = found[:limit]
        if len(found) <= limit:
            return Page(shown, None)
        return Page(shown, self._media_cursors.after(album.id, shown[-1].created_at, shown[-1].id))

    async def change(self, caller: Caller, album_id: str, change: AlbumChange) -> Album:
        """Change one of the team's albums.

        Raises:
            NotFound: the team has no such album.
            InvalidInput: an embed profile that the team may not use.
        """
        team = _team(caller)
        await self._check(team, change)
        hashed = await self._locks.hashed(change.password)
        changed = await self._albums.change(
            team.id,
            AlbumId(album_id),
            self._clock.now(),
            lambda album: _changed(album, change, hashed),
        )
        if changed is None:
            raise NotFound(_NO_ALBUM)
        return changed

    async def refusals(self, caller: Caller, change: AlbumChange) -> dict[str, list[str]]:
        """What this team can't have: fields to sentences."""
        wanted = change.embed_profile_id
        profile = None if isinstance(wanted, Unset) else wanted
        return await foreign_references(self._catalog, _team(caller).id, None, profile)

    async def delete(self, caller: Caller, album_id: str) -> None:
        """Drop one of the team's albums; its images stay.

        Raises:
            NotFound: the team has no such album.
        """
        if not await self._albums.remove(_team(caller).id, AlbumId(album_id)):
            raise NotFound(_NO_ALBUM)

    async def put_in(self, caller: Caller, album_id: str, media_id: str) -> Media:
        """Move one of the team's images into one of its albums, out of the one that it is in.

        Raises:
            NotFound: the team has no such album, or no such living image.
        """
        try:
            patch = MediaPatch(album_id=album_id)
            return await self._library.change(caller, media_id, Change(patch))
        except InvalidInput as err:
            raise NotFound(_NO_ALBUM) from err

    async def take_out(self, caller: Caller, album_id: str, media_id: str) -> None:
        """Take one of the team's images out of one of its albums; the image stays.

        Raises:
            NotFound: it is not in that album.
        """
        team = _team(caller)
        if MEDIA_ID.fullmatch(media_id) and await self._albums.take_out(
            team.id, AlbumId(album_id), MediaId(media_id), self._clock.now()
        ):
            return
        raise NotFound("There is no such image in an album of that id of your team's.")

    async def _check(self, team: Team, change: AlbumChange) -> None:
        profile = change.embed_profile_id
        if isinstance(profile, Unset) or profile is None:
            return
        if errors := await foreign_references(self._catalog, team.id, None, profile):
            raise InvalidInput(errors=errors)


def owns_album(caller: Caller, album: Album) -> bool:
    """Whether the album is the caller's team's."""
    return caller.team is not None and caller.team.id == album.team_id


def is_locked(album: Album, caller: Caller) -> bool:
    """Whether the caller has to know the album's password."""
    return album.password_hash is not None and not owns_album(caller, album)


def _changed(album: Album, change: AlbumChange, password_hash: str | Unset | None) -> Album:
    sent: dict[str, Any] = {
        "title": change.title,
        "description": change.description,
        "public": change.public,
        "password_hash": password_hash,
        "embed_profile_id": change.embed_profile_id,
    }
    return replace(
        album, **{name: value for name, value in sent.items() if not isinstance(value, Unset)}
    )


def _team(caller: Caller) -> Team:
    if caller.team is None:
        raise Unauthenticated
    return caller.team
