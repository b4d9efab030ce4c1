"""Hosting an image: from a received file to a link that lasts."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from core.errors import (
    CoreError,
    ExternalIdDuplicate,
    FileTooLarge,
    IdTaken,
    InvalidInput,
    Unauthenticated,
    Unavailable,
    UploadFailed,
)
from core.file_names import clean_file_name
from core.ids import hash_secret, new_media_id, new_secret
from core.imaging.formats import SNIFF_BYTES, sniff
from core.model import Ingested, Media, MediaId, NewMedia
from core.services.lifetimes import expiry
from core.services.references import foreign_references

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import timedelta
    from pathlib import Path

    from core.model import Caller, Plan
    from core.ports import BlobStore, Catalog, Clock, Imager
    from core.services.quotas import Admission
    from core.services.workspaces import Workspaces

PENDING_WAIT = 5.0
"""Seconds to wait for another upload of the same external id to end."""

_PENDING_POLL = 0.1
_UNDO_WAIT = 0.4  # it comes on top of what failed, which may have been waited for
_ID_TRIES = 8
_NEEDS_KEY = "This needs an API key."


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file as it came: where it lies, its size in bytes, the name it was given."""

    path: Path
    size: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the uploader asks for; None is: the default. `tags` as `clean_tags` gives them.

    `album` is the title of one of the team's, as `check_title` gives it, which is made if there is
    none; `album_id` names one that is there.
    """

    caption: str | None = None
    ttl: timedelta | None = None
    public: bool | None = None
    external_id: str | None = None
    album_id: str | None = None
    embed_profile_id: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    nsfw: bool = False
    listed: bool = False
    album: str | None = None


@dataclass(frozen=True, slots=True)
class Hosted:
    """A new image; the token lets an anonymous uploader take it back."""

    media: Media
    delete_token: str | None


class Uploads:
    """Takes files in."""

    def __init__(
        self,
        catalog: Catalog,
        blobs: BlobStore,
        imager: Imager,
        clock: Clock,
        workspaces: Workspaces,
        new_id: Callable[[], MediaId] = new_media_id,
    ) -> None:
        self._catalog = catalog
        self._blobs = blobs
        self._imager = imager
        self._clock = clock
        self._workspaces = workspaces
        self._new_id = new_id
        self._undoing: set[asyncio.Task[None]] = set()

    def refuse_if_full(self) -> None:
        """Raise Unavailable, before a body is read, if image work has a full queue."""
        self._imager.refuse_if_full()

    def workspace(self) -> AbstractAsyncContextManager[Path]:
        """See Workspaces.open."""
        return self._workspaces.open()

    async def check(
        self,
        caller: Caller,
        admission: Admission,
        external_id: str | None,
        album: str | None = None,
    ) -> None:
        """What is said before the fields are judged.

        Raises:
            Unauthenticated: the title of an album, from somebody who can have none.
            ExternalIdDuplicate: the team has this image already; a retry learns its id.
            QuotaExceeded: the quota was full when the request came.
        """
        if album and caller.team is None:
            raise Unauthenticated("An album needs an API key: send it as `Authorization: Bearer`.")
        if caller.team and external_id:
            now = self._clock.now()
            found = await self._catalog.find_external(caller.team.id, external_id, now)
            if found:
                raise ExternalIdDuplicate(id=found)
        if admission.refusal:
            raise admission.refusal

    async def host(
        self,
        caller: Caller,
        plan: Plan,
        file: ReceivedFile,
        wishes: Wishes,
        workspace: Path,
        turn: AbstractAsyncContextManager[None] | None = None,
    ) -> Hosted:
        """Store a received file and give it a link; see `host_all`."""
        (hosted,) = await self.host_all(caller, plan, [file], wishes, workspace, turn)
        return hosted

    async def host_all(
        self,
        caller: Caller,
        plan: Plan,
        files: Sequence[ReceivedFile],
        wishes: Wishes,
        workspace: Path,
        turn: AbstractAsyncContextManager[None] | None = None,
    ) -> list[Hosted]:
        """Store received files and give each a link; when this returns, nothing can lose them.

        Where one of them can't be hosted, none is: what is wrong is told of the first of these.
        What is done with pictures is done at once, what is done with records within the `turn`.

        Raises:
            InvalidInput: a wish that this caller can't have.
            FileTooLarge: an SVG over the plan's limit for these.
            UnsupportedImage: see Imager.ingest.
            ExternalIdDuplicate: the team has an image of this external id.
            QuotaExceeded: it no longer fits the plan.
            Banned: the user was banned while the upload ran.
            Unavailable: image work, storage or database are out of reach; nothing was kept.
            UploadFailed: a fault of ours; nothing was kept.
        """
        if errors := await self.refusals(caller, wishes):
            raise InvalidInput(errors=errors)
        try:
            made = [
                (await self._ingest(file, plan, workspace / f"made-{number}", len(files)), file)
                for number, file in enumerate(files)
            ]
            async with turn or nullcontext():
                return await self._record(caller, plan, made, wishes)
        except CoreError:
            raise
        except Exception as err:
            raise UploadFailed from err

    async def refusals(self, caller: Caller, wishes: Wishes) -> dict[str, list[str]]:
        """What this caller can't have: fields to sentences."""
        if caller.team is None:
            wanted = {
                "public": wishes.public is False,
                "external_id": wishes.external_id is not None,
                "album_id": wishes.album_id is not None,
                "embed_profile_id": wishes.embed_profile_id is not None,
            }
            return {name: [_NEEDS_KEY] for name, asked in wanted.items() if asked}
        return await foreign_references(
            self._catalog, caller.team.id, wishes.album_id, wishes.embed_profile_id
        )

    async def _ingest(
        self, file: ReceivedFile, plan: Plan, workspace: Path, count: int
    ) -> Ingested:
        try:
            await asyncio.to_thread(_begin, file, plan, workspace)
            return await self._imager.ingest(file.path, workspace)
        except InvalidInput as err:
            if count == 1:
                raise
            name = clean_file_name(file.name) or "A file without a name"
            raise type(err).on("file", f"{name}: {err.public}") from err

    async def _record(
        self,
        caller: Caller,
        plan: Plan,
        made: Sequence[tuple[Ingested, ReceivedFile]],
        wishes: Wishes,
    ) -> list[Hosted]:
        tokens = [None if caller.team else new_secret() for _ in made]
        new = [
            self._new_media(caller, plan, ingested, file.name, wishes, token)
            for (ingested, file), token in zip(made, tokens, strict=True)
        ]
        reserved = await self._reserve(new, plan if caller.team else None)
        try:
            for media, (ingested, _) in zip(reserved, made, strict=True):
                await self._store(media, ingested)
            for media in reserved:
                await self._catalog.publish(media, self._clock.now())
        except BaseException:
            await self._abandon(reserved)
            raise
        return [Hosted(*one) for one in zip(reserved, tokens, strict=True)]

    def _new_media(
        self,
        caller: Caller,
        plan: Plan,
        ingested: Ingested,
        name: str | None,
        wishes: Wishes,
        token: str | None,
    ) -> NewMedia:
        now = self._clock.now()
        public = wishes.public
        if public is None:
            public = caller.team.default_public if caller.team else True
        return NewMedia(
            id=self._new_id(),
            team_id=caller.team.id if caller.team else None,
            user_id=caller.user_id,
            ingested=ingested,
            name=clean_file_name(name),
            caption=wishes.caption or None,
            metadata=wishes.metadata,
            public=public,
            external_id=wishes.external_id,
            album_id=wishes.album_id,
            embed_profile_id=wishes.embed_profile_id,
            created_at=now,
            expires_at=expiry(now, wishes.ttl, plan),
            delete_token_hash=token and hash_secret(token),
            tags=wishes.tags,
            nsfw=wishes.nsfw,
            listed=wishes.listed and public,
            album_title=wishes.album,
        )

    async def _reserve(self, new: list[NewMedia], plan: Plan | None) -> list[Media]:
        for _ in range(_ID_TRIES):
            try:
                return await self._settle_duplicate(new, plan)
            except IdTaken:
                new = [replace(one, id=self._new_id()) for one in new]
        raise UploadFailed

    async def _settle_duplicate(self, new: list[NewMedia], plan: Plan | None) -> list[Media]:
        """Reserve; where the same external id is just being stored, see what comes of it."""
        deadline = asyncio.get_running_loop().time() + PENDING_WAIT
        while True:
            try:
                return await self._catalog.reserve_all(new, plan)
            except ExternalIdDuplicate as err:
                if not err.data.get("pending"):
                    raise
                if asyncio.get_running_loop().time() > deadline:
                    raise Unavailable(
                        "An image with this external_id is being stored right now.", seconds=5
                    ) from err
                await asyncio.sleep(_PENDING_POLL)

    async def _store(self, media: Media, ingested: Ingested) -> None:
        if not media.blob.stored:
            await self._blobs.put(media.blob.id, ingested.blob.path)
        if media.sidecar and ingested.sidecar and not media.sidecar.stored:
            await self._blobs.put(media.sidecar.id, ingested.sidecar.path)

    async def _abandon(self, reserved: Sequence[Media]) -> None:
        """Undo reservations; with the database away the answer does not wait for it."""
        undoing = asyncio.create_task(self._undo(reserved))
        self._undoing.add(undoing)
        undoing.add_done_callback(self._undoing.discard)
        await asyncio.wait({undoing}, timeout=_UNDO_WAIT)

    async def _undo(self, reserved: Sequence[Media]) -> None:
        with suppress(CoreError):  # then the sweeper clears them later
            for media in reserved:
                await self._catalog.abandon(media.id)
            if len(reserved) > 1:  # the first of several may be public already
                now, team = self._clock.now(), reserved[0].team_id
                await self._catalog.remove([one.id for one in reserved], team, "undone", now)


def _begin(file: ReceivedFile, plan: Plan, workspace: Path) -> None:
    """See what is too large before it is worked on, and make a folder for what is made of it."""
    workspace.mkdir()
    if file.size <= plan.max_svg:
        return
    with file.path.open("rb") as reader:
        found = sniff(reader.read(SNIFF_BYTES))
    if found is not None and found.name == "svg":
        raise FileTooLarge.on("file", f"An SVG may have {plan.max_svg:,} bytes at most.")
