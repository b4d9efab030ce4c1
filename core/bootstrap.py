"""The composition root: the only module that names adapters."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from core.adapters.blob_file import FileBlob
from core.adapters.clock import SystemClock
from core.adapters.db.albums import SqlAlbums
from core.adapters.db.blob_records import SqlBlobRecords
from core.adapters.db.chats import SqlChats
from core.adapters.db.conversations import SqlConversations
from core.adapters.db.credentials import SqlCredentials
from core.adapters.db.directory import SqlDirectory
from core.adapters.db.embeds import SqlProfiles
from core.adapters.db.engine import open_database
from core.adapters.db.gallery import SqlGallery
from core.adapters.db.hot_rows import HotCatalog
from core.adapters.db.identities import SqlIdentities
from core.adapters.db.inbox import SqlInbox
from core.adapters.db.migrate import migrate
from core.adapters.db.reports import SqlReportBook
from core.adapters.db.tickets import SqlTickets
from core.adapters.db.undertaker import SqlUndertaker
from core.adapters.db.views import SqlViewBook
from core.adapters.renditions_folder import FolderRenditionStore
from core.choices import (
    open_attachments,
    open_blobs,
    open_fetcher,
    open_imager,
    open_mailer,
    open_redis,
    open_storage,
    share,
    share_visits,
)
from core.data_folder import make_folders, signing_keys
from core.ids import new_media_id
from core.plans import load_dialects, load_plans
from core.services.access import Access
from core.services.accounts import Accounts
from core.services.album_locks import AlbumLocks
from core.services.albums import Albums
from core.services.blob_pair import BlobPair
from core.services.bulk import Bulk
from core.services.chats import Chats
from core.services.conversations import Conversations
from core.services.delivery import Delivery
from core.services.dialects import Dialects
from core.services.embeds import Embeds
from core.services.enrolment import Enrolment
from core.services.gallery import Gallery
from core.services.health import Health
from core.services.hot_bytes import HotBytes
from core.services.imports import Imports
from core.services.inbox import Inbox
from core.services.intake import Intake
from core.services.library import Library
from core.services.mail import Post
from core.services.passwords import Passwords
from core.services.people import People
from core.services.pictures import Pictures
from core.services.platforms import Platforms
from core.services.quotas import Quotas
from core.services.relocation import Relocation
from core.services.renders import Renders
from core.services.reports import Reports
from core.services.samples import SAMPLE, Samples
from core.services.sessions import Sessions
from core.services.sign_in import SignIn
from core.services.signed_links import SignedLinks
from core.services.stored import Stored
from core.services.sweeper import Sweeper
from core.services.tokens import Tokens
from core.services.uploads import Uploads
from core.services.views import Views
from core.services.visibility import Visibility
from core.services.workspaces import Workspaces
from core.urls import Urls

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from core.model import MediaId, Plan, Relocated
    from core.ports import BlobReader, BlobStore, Clock, Fetcher, Imager, RateLimiter, SingleFlight
    from core.ports_accounts import Mailer
    from core.service_urls import S3Address
    from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Core:
    """The hosting core: one service a subject, ready to be called by any face."""

    settings: Settings
    plans: Mapping[str, Plan]
    secrets: tuple[str, ...]
    urls: Urls
    clock: Clock
    access: Access
    accounts: Accounts
    enrolment: Enrolment
    sign_in: SignIn
    sessions: Sessions
    tokens: Tokens
    people: People
    chats: Chats
    conversations: Conversations
    inbox: Inbox
    platforms: Platforms
    reports: Reports
    quotas: Quotas
    uploads: Uploads
    bulk: Bulk
    imports: Imports
    intake: Intake
    library: Library
    embeds: Embeds
    albums: Albums
    gallery: Gallery
    dialects: Dialects
    links: SignedLinks
    delivery: Delivery
    views: Views
    samples: Samples
    sweeper: Sweeper
    limiter: RateLimiter
    flights: SingleFlight
    health: Health
    migrated: tuple[str | None, str]

    @property
    def pictures(self) -> Pictures:
        """The addresses of what links show."""
        return Pictures(self.delivery, self.links, self.urls)

    def listening_on(self, port: int) -> Core:
        """The same core, whose links name that port, where the settings say any (0)."""
        settings = self.settings.model_copy(update={"port": port})
        return replace(self, settings=settings, urls=_urls(settings, self.secrets))


@asynccontextmanager
async def open_core(
    settings: Settings,
    *,
    clock: Clock | None = None,
    limiter: RateLimiter | None = None,
    blobs: BlobStore | None = None,
    imager: Imager | None = None,
    fetcher: Fetcher | None = None,
    mailer: Mailer | None = None,
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
    fetcher = fetcher or open_fetcher(settings)
    attachments = open_attachments(settings)
    post = Post(mailer or open_mailer(settings, clock))
    passwords = Passwords()
    renditions = FolderRenditionStore(settings.derived_folder, settings.derived_limit)
    database = open_database(settings.database, settings.database_pool)
    views = Views(SqlViewBook(database), share_visits(redis), clock, secrets)
    try:
        if redis:
            await redis.open()
        migrated = await migrate(database)
        await blobs.prepare()
        reservation_life = timedelta(seconds=settings.reservation_life)
        catalog = HotCatalog(database, reservation_life)
        directory = SqlDirectory(database)
        access = Access(directory, limiter, clock, plans)
        credentials = SqlCredentials(database)
        sessions = Sessions(credentials, clock, secrets)
        visibility = Visibility(catalog, clock)
        workspaces = Workspaces(settings.work_folder)
        uploads = Uploads(catalog, blobs, imager, clock, workspaces, new_id)
        library = Library(catalog, visibility, access, clock, secrets)
        imports = Imports(fetcher, uploads)
        quotas = Quotas(
            access,
            catalog,
            limiter,
            clock,
            settings.anonymous_rate if settings.allow_anonymous else None,
        )
        keep_for_anyone = settings.metadata_keep == "anyone"
        hot = HotBytes(settings.hot_bytes)

        def delivering(source: BlobReader, rate: str | None) -> Delivery:
            stored = Stored(source)
            work = (renditions, stored, imager, flights, limiter, workspaces.open, rate)
            return Delivery(
                visibility,
                stored,
                Renders(*work),
                hot,
                encoding=f"{settings.encoding} {settings.segmenter}",
                keep_for_anyone=keep_for_anyone,
            )

        delivery = delivering(blobs, settings.render_rate)
        yield Core(
            settings=settings,
            plans=plans,
            secrets=secrets,
            urls=_urls(settings, secrets),
            clock=clock,
            access=access,
            accounts=Accounts(directory, catalog, clock, plans),
            enrolment=Enrolment(
                directory,
                credentials,
                passwords,
                post,
                limiter,
                clock,
                secrets,
                settings.registration,
                plans,
            ),
            sign_in=SignIn(credentials, passwords, sessions, limiter),
            sessions=sessions,
            tokens=Tokens(sessions, clock, secrets),
            people=People(
                SqlIdentities(database, catalog), SqlTickets(database), sessions, limiter, clock
            ),
            chats=Chats(SqlChats(database), directory, visibility, clock),
            conversations=Conversations(SqlConversations(database), clock),
            inbox=Inbox(SqlInbox(database), clock),
            platforms=Platforms(),
            reports=Reports(
                SqlReportBook(database), limiter, post, clock, secrets, settings.abuse_email
            ),
            quotas=quotas,
            uploads=uploads,
            bulk=Bulk(uploads, quotas),
            imports=imports,
            intake=Intake(uploads, imports, quotas, attachments, delivery, visibility),
            library=library,
            embeds=Embeds(SqlProfiles(database, catalog), clock),
            albums=Albums(
                SqlAlbums(database, catalog),
                catalog,
                library,
                AlbumLocks(passwords, limiter),
                clock,
                secrets,
            ),
            gallery=Gallery(SqlGallery(database), clock),
            dialects=Dialects(load_dialects(settings.plans_file), access, limiter),
            links=SignedLinks(visibility, clock, secrets, keep_for_anyone=keep_for_anyone),
            delivery=delivery,
            samples=Samples(delivering(FileBlob(SAMPLE), rate=None)),
            views=views,
            sweeper=Sweeper(
                SqlUndertaker(database),
                blobs,
                renditions,
                clock,
                flights,
                settings.work_folder,
                reservation_life=reservation_life,
                orphan_grace=timedelta(seconds=settings.orphan_grace),
            ),
            limiter=limiter,
            flights=flights,
            health=Health(
                {
                    "database": catalog.check,
                    "storage": blobs.check,
                    "work": workspaces.check_room,
                },
                {"redis": redis.check} if redis else {},
            ),
            migrated=migrated,
        )
    finally:
        passwords.close()
        # What still has something to write comes before what it is written to.
        for part in (post, views, imager, fetcher, attachments, database, blobs, renditions, redis):
            if part:
                await part.close()


def _urls(settings: Settings, secrets: tuple[str, ...]) -> Urls:
    return Urls.build(settings.public_base, settings.media_base, settings.api_base, secrets)


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
