"""Which adapter each setting chooses. Nothing is connected by choosing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.adapters.blobs_fallback import FallbackBlobStore
from core.adapters.blobs_folder import FolderBlobStore
from core.adapters.db.engine import open_database
from core.adapters.db.inspection import inspect
from core.adapters.fetcher import GuardedFetcher
from core.adapters.fetcher_attachments import AttachmentFetcher
from core.adapters.flights import MemoryFlights
from core.adapters.imager import WorkerPool
from core.adapters.limiter import MemoryLimiter
from core.adapters.local_files import LocalFiles
from core.adapters.mailer_log import LogMailer
from core.imaging.formats import sniff
from core.smtp_address import smtp_address

if TYPE_CHECKING:
    from core.adapters.redis_link import RedisLink
    from core.model import DatabaseState
    from core.ports import BlobStore, Clock, Fetcher, Imager, RateLimiter, SingleFlight
    from core.ports_accounts import Mailer
    from core.ports_views import Visits
    from core.service_urls import S3Address
    from core.settings import Settings


def open_fetcher(settings: Settings) -> Fetcher:
    """What imports are fetched by."""
    return GuardedFetcher(
        _looks_like_image,
        allow=settings.import_allow,
        ports=frozenset(settings.import_ports),
        max_fetches=settings.import_slots,
        user_agent=settings.user_agent,
    )


def open_attachments(settings: Settings) -> Fetcher:
    """What chats' attachments are fetched by."""
    most, seconds = 2 * settings.bot_slots, settings.attachment_timeout
    files = None
    if settings.telegram_local_mode and settings.telegram_token:
        token = settings.telegram_token.get_secret_value()
        files = LocalFiles(token, _looks_like_image, max_fetches=most, total_timeout=seconds)
    return AttachmentFetcher(
        [settings.discord_api_origin, settings.telegram_api_origin],
        _looks_like_image,
        user_agent=settings.user_agent,
        max_fetches=most,
        total_timeout=seconds,
        files=files,
    )


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


def share_visits(redis: RedisLink | None) -> Visits | None:
    """Who looked at what, over all processes by Redis; None: each process knows its own."""
    if redis is None:
        return None
    from core.adapters.visits_redis import RedisVisits

    return RedisVisits(redis)


def open_mailer(settings: Settings, clock: Clock) -> Mailer:
    """What sends the mails of these settings; nothing is sent yet."""
    if settings.smtp_url is None:
        return LogMailer()
    from core.adapters.mailer_smtp import SmtpMailer

    return SmtpMailer(smtp_address(settings.smtp_url), settings.mail_sender, clock)


def open_imager(settings: Settings) -> Imager:
    """The pool of workers of these settings; none is started before the first picture."""
    return WorkerPool(
        workers=settings.workers,
        queue_limit=settings.worker_queue,
        memory=settings.worker_memory,
        seconds={
            "ingest": settings.ingest_timeout,
            "render": settings.render_timeout,
            "animation": settings.animation_timeout,
        },
        encoding=settings.encoding,
        segmentation=settings.segmentation,
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


def _looks_like_image(head: bytes) -> bool:
    return sniff(head) is not None
