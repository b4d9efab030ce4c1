"""The composition root: the only module that names adapters."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from core.adapters.blobs_folder import FolderBlobStore
from core.adapters.clock import SystemClock
from core.adapters.db.catalog import SqlCatalog
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.engine import Database
from core.adapters.db.migrate import migrate
from core.adapters.db.undertaker import SqlUndertaker
from core.adapters.fetcher import GuardedFetcher
from core.adapters.imager import WorkerPool
from core.adapters.limiter import MemoryLimiter
from core.data_folder import make_folders, signing_keys
from core.ids import new_media_id
from core.imaging.formats import sniff
from core.plans import load_plans
from core.services.access import Access
from core.services.accounts import Accounts
from core.services.delivery import Delivery
from core.services.health import Health
from core.services.imports import Imports
from core.services.library import Library
from core.services.quotas import Quotas
from core.services.sweeper import Sweeper
from core.services.uploads import Uploads
from core.services.visibility import Visibility

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from core.model import MediaId, Plan
    from core.ports import BlobStore, Clock, Fetcher, Imager, RateLimiter
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
        SettingsInvalid: a secret key is too short, or a folder can't be written.
        DatabaseNewer: a newer version made the database.
        Unavailable: the database can't be reached.
    """
    plans = load_plans(settings.plans_file)
    secrets = signing_keys(settings)
    make_folders(settings)
    clock = clock or SystemClock()
    limiter = limiter or MemoryLimiter()
    blobs = blobs or FolderBlobStore(settings.blob_folder)
    imager = imager or WorkerPool(
        workers=settings.workers,
        queue_limit=settings.worker_queue,
        memory=settings.worker_memory,
        seconds={"ingest": settings.ingest_timeout},
        limits=settings.image_limits,
    )
    fetcher = fetcher or GuardedFetcher(
        allow=settings.import_allow,
        ports=frozenset(settings.import_ports),
        max_fetches=settings.import_slots,
        user_agent=f"Pixferry (+{settings.public_base})",
        looks_like_image=lambda head: sniff(head) is not None,
    )
    database = Database(settings.database)
    try:
        migrated = await migrate(database)
        reservation_life = timedelta(seconds=settings.reservation_life)
        catalog = SqlCatalog(database, reservation_life)
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
                settings.work_folder,
                reservation_life=reservation_life,
                orphan_grace=timedelta(seconds=settings.orphan_grace),
            ),
            health=Health({"database": catalog.check, "storage": blobs.check}),
            migrated=migrated,
        )
    finally:
        await imager.close()
        await fetcher.close()
        await database.close()
