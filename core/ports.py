"""What the services need of the world. Adapters fulfil these; nothing else is asked of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import (
        AsyncGenerator,
        AsyncIterator,
        Collection,
        Iterable,
        Sequence,
    )
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from pathlib import Path

    from core.model import (
        Blob,
        BlobId,
        FetchedFile,
        Ingested,
        Media,
        MediaFilter,
        MediaId,
        MediaPatch,
        NewMedia,
        Plan,
        Position,
        RateVerdict,
        Rendered,
        TeamId,
        Tombstone,
        Usage,
    )


class Clock(Protocol):
    """The one source of time."""

    def now(self) -> datetime:
        """The present, as aware UTC."""


class Imager(Protocol):
    """Image work, done in worker processes with limits of memory and time."""

    def refuse_if_full(self) -> None:
        """Say no before a body is read.

        Raises:
            Unavailable: as many jobs wait as may wait.
        """

    async def ingest(self, source: Path, workspace: Path) -> Ingested:
        """Make of an uploaded file what is stored; new files go into `workspace`.

        Raises:
            UnsupportedImage: the picture is not one of ours, broken, hostile or too large, or
                the job broke its own limit of memory or time.
            Unavailable: the job never started (queue full, or no slot within 5 s).
        """

    async def render(
        self,
        source: Path,
        workspace: Path,
        stored: str,
        output: str,
        key: str,
        *,
        animated: bool,
    ) -> Rendered:
        """Make a rendition of a stored picture, as a file in `workspace`.

        Args:
            source: the picture's bytes, with the metadata that goes along; only read.
            workspace: where the new file goes.
            stored: the name of the source's format.
            output: the name of the rendition's (`core.imaging.output`).
            key: the recipe's.
            animated: whether the source is an animation.

        Raises:
            NotTransformable: the picture is too large for it, or the job broke its own limit of
                memory or time.
            InvalidInput: this server lacks what a parameter needs; `errors` names it.
            Unavailable: the job never started (queue full, or no slot within 5 s).
            StorageFull: there is no room for what it makes.
        """

    async def close(self) -> None:
        """End the workers."""


class Fetcher(Protocol):
    """Fetches foreign addresses, guarded."""

    async def fetch(self, url: str, target: Path, max_bytes: int) -> FetchedFile:
        """Stream what `url` gives into `target`.

        Raises:
            AddressRefused: the address, or one it redirects to, is not public http(s).
            FileTooLarge: more than `max_bytes` came or were announced.
            FetchFailed: it could not be reached or did not answer 200.
            FetchTimedOut: it connected, but took over 30 s.
            Unavailable: too many imports run at once.
        """

    async def close(self) -> None:
        """Let connections go."""


class RateLimiter(Protocol):
    """Counts requests by subject in moving windows."""

    async def hit(self, rate: str, subject: str, cost: int = 1) -> RateVerdict:
        """Count `cost` requests against a rate such as `20/hour;100/day`, if all fit."""


class SingleFlight(Protocol):
    """Work that many ask for at once is done by one of them."""

    def turn(
        self, key: str, lease: float, *, lasts: float = 0
    ) -> AbstractAsyncContextManager[bool]:
        """Be alone with `key` for the length of a block, over all processes.

        Others wait, then find the work done: look whether it is before doing it. `lease` is the
        seconds after which a holder that died is passed over; one that lives keeps its turn.

        Work that leaves nothing to look at says how many seconds it `lasts`: the block is given
        False if a turn that ended well within that time has done it.
        """


class ChangeListener(Protocol):
    """Keeps things made of rows, and forgets them."""

    def forget(self, media_ids: Iterable[str] | None) -> None:
        """These images' rows have changed; None: any row may have."""


class Changes(Protocol):
    """Tells when rows change, whoever changes them, so that nothing stale is given out."""

    def tell(self, listener: ChangeListener) -> None:
        """Tell this listener, too, from now on."""

    def current(self) -> bool:
        """Whether listeners have been told what there was to tell; it waits for nothing.

        To be asked before something kept is used, and again after a row was read before it is
        kept. False: the channel is down; nothing kept may be used, nothing may be kept.
        """


class BlobReader(Protocol):
    """Gives bytes by id. Every method raises Unavailable when they are out of reach."""

    def read(self, blob_id: BlobId, start: int, end: int) -> AsyncGenerator[bytes]:
        """Give the bytes [start, end) in chunks; to close it early frees what it holds.

        Raises:
            BlobMissing: there is no such blob.
        """

    async def locate(self, blob_id: BlobId) -> Path | None:
        """Where the blob is a local file, which may only be read; None: it is none, or absent."""


class BlobStore(BlobReader, Protocol):
    """Keeps bytes by id. An id is written once and never with other bytes."""

    async def prepare(self) -> None:
        """Make the place where blobs go, if it is absent.

        Raises:
            Unavailable: it can't be used; `reason` names the setting and what to do.
        """

    async def put(self, blob_id: BlobId, source: Path) -> None:
        """Store the file's bytes; when this returns they survive a power cut.

        Raises:
            StorageFull: there is no room; nothing was stored.
        """

    async def remove(self, blob_ids: list[BlobId]) -> None:
        """Remove blobs; those that are absent are fine."""

    def list_older(self, before: datetime) -> AsyncIterator[list[BlobId]]:
        """Give, in portions, the ids of all that was stored before that time."""

    async def check(self) -> None:
        """Raise Unavailable unless the storage takes bytes right now."""

    async def close(self) -> None:
        """Let connections and threads go."""


class Catalog(Protocol):
    """What is hosted. Each method is one whole step and one commit.

    Every method raises Unavailable when the database is out of reach.
    """

    async def reserve(self, new: NewMedia, plan: Plan | None) -> Media:
        """Take quota and record the image, not yet visible; `plan` None: nobody's quota.

        `blob.stored` (and the sidecar's) says whether the bytes are safe already. An album that is
        made for its title is there at once, and stays, whatever becomes of the image.

        Raises:
            InvalidInput: its album or embed profile is none that the team may use.
            IdTaken: the id is or was somebody's.
            ExternalIdDuplicate: the team's image of that external id; `data["pending"]` is
                True while that one is still being stored.
            QuotaExceeded: uploads or storage of the plan don't suffice.
        """

    async def reserve_all(self, new: Sequence[NewMedia], plan: Plan | None) -> list[Media]:
        """The same for several images of one team at once: all of them, or none. See `reserve`."""

    async def publish(self, media: Media, now: datetime) -> None:
        """Make a reserved image visible; its bytes are safe.

        Raises:
            Banned: its user was banned meanwhile.
            Unavailable: it took so long that the sweeper has cleared the reservation.
        """

    async def abandon(self, media_id: MediaId) -> None:
        """Undo a reservation, quota included."""

    async def find(self, media_id: MediaId) -> Media | Tombstone | None:
        """The published image, or what stays of it."""

    def at_hand(self, media_id: MediaId) -> Media | Tombstone | None:
        """What `find` would give, if that is in memory."""

    async def find_external(
        self, team_id: TeamId, external_id: str, now: datetime
    ) -> MediaId | None:
        """The team's published image of that external id, if it lives."""

    async def missing_references(
        self, team_id: TeamId, album_id: str | None, profile_id: int | None
    ) -> list[str]:
        """Which of `album_id`, `embed_profile_id` name nothing that the team may use."""

    async def list_page(
        self,
        team_id: TeamId,
        chosen: MediaFilter,
        after: Position | None,
        limit: int,
        now: datetime,
        offset: int = 0,
    ) -> list[Media]:
        """A team's living images, newest first, from after that position, less `offset`."""

    async def tags_of(self, media_ids: Collection[MediaId]) -> dict[MediaId, tuple[str, ...]]:
        """The tags of those of the images that have any, in their order."""

    async def update(
        self, team_id: TeamId, media_ids: list[MediaId], patch: MediaPatch, now: datetime
    ) -> list[Media]:
        """Change those of the images that are the team's and alive; gives them, in that order.

        Raises:
            InvalidInput: metadata or tags would grow over their limit, or the album or embed
                profile is none that the team may use.
        """

    async def remove(
        self, media_ids: list[MediaId], team_id: TeamId | None, reason: str, now: datetime
    ) -> list[MediaId]:
        """Bury those of the images that are the team's (None: nobody's); storage comes back.

        Gives their ids.
        """

    async def expire(self, media_id: MediaId, now: datetime) -> None:
        """Bury one image whose time is over, for good."""

    async def usage(self, team_id: TeamId, now: datetime) -> Usage:
        """What the team has used."""

    async def check(self) -> None:
        """Raise Unavailable unless the database answers."""


class Undertaker(Protocol):
    """The sweeper's side of the catalog: small batches, each one short commit."""

    async def bury_expired(self, now: datetime, limit: int) -> int:
        """Bury at most `limit` images whose time is over; gives their number."""

    async def clear_abandoned(self, before: datetime, now: datetime, limit: int) -> int:
        """Undo reservations made before that time and never published."""

    async def doom_blobs(self, now: datetime, limit: int) -> int:
        """Judge at most `limit` suspects: blobs that no image holds are doomed.

        Gives the number judged.
        """

    async def doomed_blobs(self, limit: int) -> list[BlobId]:
        """Blobs to be removed from the storage."""

    async def forget_blobs(self, blob_ids: list[BlobId]) -> None:
        """Their bytes are gone: drop the records."""

    async def unknown_blobs(self, blob_ids: list[BlobId]) -> list[BlobId]:
        """Those of the stored ids that no record names."""

    async def forget_told(self, before: datetime, limit: int) -> int:
        """Forget what platforms told before that time, answered or not; gives the number."""


class BlobRecords(Protocol):
    """What the storage must hold. Every method raises Unavailable without a database."""

    async def count_stored(self) -> tuple[int, int]:
        """How many living blobs are stored, and their bytes in all."""

    async def list_stored(
        self, after: BlobId | None, limit: int, since: datetime | None = None
    ) -> list[Blob]:
        """Living blobs whose bytes are safe, by id, from after that one.

        `since`: those alone that were stored at that time or later.
        """

    async def dead_blobs(self, blob_ids: list[BlobId]) -> list[BlobId]:
        """Those of the ids that are doomed, or that no record names."""
