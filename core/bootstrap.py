"""The composition root: the only module that names adapters."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from core.adapters.blobs_fallback import FallbackBlobStore
from core.adapters.blobs_folder import FolderBlobStore
from core.adapters.clock import SystemClock
from core.adapters.db.blob_records import SqlBlobRecords
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.engine import open_database
from core.adapters.db.hot_rows import HotCatalog
from core.adapters.db.inspection import inspect
from core.adapters.db.migrate import migrate
from core.adapters.db.undertaker import SqlUndertaker
from core.adapters.fetcher import GuardedFetcher
from core.adapters.flights import MemoryFlights
from core.adapters.imager import WorkerPool
from core.adapters.limiter import MemoryLimiter
from core.data_folder import make_folders, signing_keys
from core.ids import new_media_id
from core.imaging.formats import sniff
from core.plans import load_plans
from core.services.access import Access
from core.services.accounts import Accounts
from core.services.blob_pair import BlobPair
from core.services.delivery import Delivery
from core.services.health import Health
from core.services.imports import Imports
from core.services.library import Library
from core.services.quotas import Quotas
from core.services.relocation import Relocation
from core.services.sweeper import Sweeper
from core.services.uploads import Uploads
from core.services.visibility import Visibility

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from core.adapters.redis_link import RedisLink
    from core.model import DatabaseState, MediaId, Plan, Relocated
    from core.ports import BlobStore, Clock, Fetcher, Imager, RateLimiter, SingleFlight
    from core.service_urls import S3Address
    from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Core:
    """The hosting core: one service a subject, ready to be called by any face."""

    settings: Settings
    plans: Mapping[str, Plan]
    secrets: tuple[str, ...]
    clock: Clock
    access: Access
    accounts: Accounts
    quotas: Quotas
    uploads: Uploads
    imports: Imports
    library: Library
    delivery: Delivery
    sweeper: Sweeper
    flights: SingleFlight
    health: Health
    migrated: tuple[str | None, str]


@asynccontextmanager
async def open_core(
    settings: Settings,
    *,
    clock: Clock | None = None,
    limiter: RateLimiter | None = None,
    blobs: BlobStore | None = None,
    imager: Imager | None = None,
    fetcher: Fetcher | None = None,
    new_id: Callable[[], MediaId] = new_media_id,
) -> AsyncIterator[Core]:
    """Wire the core for these settings, the database brought up to date; close it at the end.

    Keyword arguments stand in for adapters.

    Raises:
        PlansInvalid: the plans file can't be used.
        SettingsInvalid: a secret key is too short, a folder can't be written, or Redis refuses
            the credentials.
        DatabaseNewer: a newer version made the database.
        Unavailable: the database or the storage can't be reached or used.
    """
    plans = load_plans(settings.plans_file)
    secrets = signing_keys(settings)
    make_folders(settings)
    clock = clock or SystemClock()
    redis = open_redis(settings)
    shared_limiter, flights = share(redis)
    limiter = limiter or shared_limiter
    blobs = blobs or open_storage(settings)
    imager = imager or open_imager(settings)
    fetcher = fetcher or GuardedFetcher(
        allow=settings.import_allow,
        ports=frozenset(settings.import_ports),
        max_fetches=settings.import_slots,
        user_agent=f"Pixferry (+{settings.public_base})",
        looks_like_image=lambda head: sniff(head) is not None,
    )
    database = open_database(settings.database, settings.database_pool)
    try:
        if redis:
            await redis.open()
        migrated = await migrate(database)
        await blobs.prepare()
        reservation_life = timedelta(seconds=settings.reservation_life)
        catalog = HotCatalog(database, reservation_life)
        directory = SqlDirectory(database)
        access = Access(directory, limiter, clock, plans)
        visibility = Visibility(catalog, clock)
        uploads = Uploads(catalog, blobs, imager, clock, settings.work_folder, new_id)
        yield Core(
            settings=settings,
            plans=plans,
            secrets=secrets,
            clock=clock,
            access=access,
            accounts=Accounts(directory, catalog, clock, plans),
            quotas=Quotas(
                access,
                catalog,
                limiter,
                clock,
                settings.anonymous_rate if settings.allow_anonymous else None,
            ),
            uploads=uploads,
            imports=Imports(fetcher, uploads),
            library=Library(catalog, visibility, access, clock, secrets),
            delivery=Delivery(
                visibility, blobs, keep_for_anyone=settings.metadata_keep == "anyone"
            ),
            sweeper=Sweeper(
                SqlUndertaker(database),
                blobs,
                clock,
                flights,
                settings.work_folder,
                reservation_life=reservation_life,
                orphan_grace=timedelta(seconds=settings.orphan_grace),
            ),
            flights=flights,
            health=Health(
                {
                    "database": catalog.check,
                    "storage": blobs.check,
                    "work": uploads.check_room,
                },
                {"redis": redis.check} if redis else {},
            ),
            migrated=migrated,
        )
    finally:
        await imager.close()
        await fetcher.close()
        await database.close()
        await blobs.close()
        if redis:
            await redis.close()


def open_redis(settings: Settings) -> RedisLink | None:
    """The way to the Redis of these settings; nothing is sent yet. None: there is none.

    Raises:
        SettingsInvalid: its address has options that there are not.
    """
    if settings.redis_url is None:
        return None
    from core.adapters.redis_link import RedisLink

    return RedisLink(settings.redis_url)


def share(redis: RedisLink | None) -> tuple[RateLimiter, SingleFlight]:
    """Rate limits and single flight: over all processes by Redis, else within this one."""
    if redis is None:
        return MemoryLimiter(), MemoryFlights()
    from core.adapters.flights_redis import RedisFlights
    from core.adapters.limiter_redis import RedisLimiter

    return RedisLimiter(redis), RedisFlights(redis)


def open_imager(settings: Settings) -> Imager:
    """The pool of workers of these settings; none is started before the first picture."""
    return WorkerPool(
        workers=settings.workers,
        queue_limit=settings.worker_queue,
        memory=settings.worker_memory,
        seconds={"ingest": settings.ingest_timeout},
        limits=settings.image_limits,
    )


async def inspect_database(settings: Settings) -> DatabaseState:
    """What a database says of itself; nothing is changed, migrations least of all.

    Raises:
        Unavailable: it can't be reached.
    """
    database = open_database(settings.database, settings.database_pool)
    try:
        return await inspect(database)
    finally:
        await database.close()


def open_storage(settings: Settings) -> BlobStore:
    """The storage of these settings, with its fallback if there is one."""
    first = open_blobs(settings.storage)
    second = settings.storage_fallback
    return FallbackBlobStore(first, open_blobs(second)) if second else first


def open_blobs(place: S3Address | Path) -> BlobStore:
    """The storage in a bucket or folder."""
    if isinstance(place, Path):
        return FolderBlobStore(place)
    from core.adapters.s3.store import S3BlobStore

    return S3BlobStore(place)


@asynccontextmanager
async def open_relocation(
    settings: Settings,
    source: S3Address | Path,
    target: S3Address | Path,
    *,
    verify: bool = False,
    remove_source: bool = False,
    progress: Callable[[Relocated], None] = lambda _: None,
) -> AsyncIterator[Relocation]:
    """Wire a move of all blobs between two places; see Relocation.

    Raises:
        DatabaseNewer: a newer version made the database.
        Unavailable: the database, or one of the places, can't be reached.
    """
    database = open_database(settings.database, settings.database_pool)
    stores = open_blobs(source), open_blobs(target)
    try:
        await migrate(database)
        for store in stores:
            await store.prepare()
        yield Relocation(
            SqlBlobRecords(database),
            BlobPair(*stores, settings.work_folder),
            SystemClock(),
            reservation_life=timedelta(seconds=settings.reservation_life),
            verify=verify,
            remove_source=remove_source,
            progress=progress,
        )
    finally:
        for store in stores:
            await store.close()
        await database.close()
