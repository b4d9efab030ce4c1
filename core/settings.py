"""Every setting, documented where it is defined: here, and of the bots in `bot_settings.py`.

Nothing else reads the environment.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from core.bot_settings import BotSettings
from core.image_work import Encoding, Segmentation
from core.model import GB, MB, ImageLimits
from core.service_urls import SQLITE, S3Address, s3_address, storage_place
from core.setting_types import (
    PREFIX,
    AllowedNetworks,
    BaseUrl,
    DatabaseUrl,
    Mailbox,
    Networks,
    Ports,
    Rate,
    RedisUrl,
    RenderRate,
    Secrets,
    SmtpUrl,
    StorageUrl,
)

ENV_FILE = ".env"


class Settings(BotSettings):
    """The settings of one process. Every field is `PIXFERRY_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,  # `PIXFERRY_PLANS_FILE=` in a compose file is: not set
        extra="ignore",
        frozen=True,
    )

    host: str = Field(
        "127.0.0.1",
        description="address that the HTTP server listens on; 0.0.0.0: all of IPv4, `::`: all "
        "of IPv4 and IPv6",
    )
    port: int = Field(8080, ge=0, le=65_535, description="port that it listens on; 0: any free")
    public_url: BaseUrl = Field(
        None, description="what links begin with (default: `http://HOST:PORT`)"
    )
    media_url: BaseUrl = Field(
        None, description="what `src` begins with, if pictures have a host of their own"
    )
    api_url: BaseUrl = Field(
        None, description="what documentation names as the API's base (default: `PUBLIC_URL`)"
    )
    data_dir: Path = Field(
        Path("data"), description="the embedded database, blobs, work files, generated secret"
    )
    database_url: DatabaseUrl = Field(
        None,
        description="`sqlite+aiosqlite:///PATH` or "
        "`postgresql+asyncpg://USER:PASSWORD@HOST:5432/NAME` (default: SQLite in `DATA_DIR`)",
    )
    database_pool: int = Field(
        8,
        ge=2,
        le=1_000,
        description="connections to PostgreSQL that one process opens at most; all processes "
        "together must stay below the server's `max_connections`",
    )
    storage_url: StorageUrl = Field(
        None,
        description="where pictures lie: `file:///PATH` or "
        "`s3://KEY:SECRET@HOST:PORT/BUCKET?region=REGION&secure=true` "
        "(default: a folder in `DATA_DIR`)",
    )
    storage_fallback_url: StorageUrl = Field(
        None,
        description="a second storage that is read where the first lacks a picture, and cleaned "
        "with it: the old one while `pixferry storage move` empties it",
    )
    redis_url: RedisUrl = Field(
        None,
        description="`redis://:PASSWORD@HOST:6379/0` (`rediss://` for TLS), Redis or Valkey: "
        "rate limits, views and single flight shared by all processes (default: in memory)",
    )
    secret_key: Secrets = Field(
        (),
        description="signs links and cursors (default: made once, in `DATA_DIR`); several, "
        "comma-separated, to rotate: the first signs, all are believed",
    )
    import_allow: AllowedNetworks = Field(
        (), description="networks (CIDR, comma-separated) that import may reach though private"
    )
    import_ports: Ports = Field((80, 443, 8080, 8443), description="ports that import may reach")
    import_slots: int = Field(16, ge=1, description="imports fetched at once; more get 503")
    trusted_proxies: Networks = Field(
        (), description="networks of proxies whose `X-Forwarded-For` is believed"
    )
    plans_file: Path | None = Field(
        None, description="TOML of plans (default: the built-in `core/plans.toml`)"
    )
    anonymous_rate: Rate = Field(
        "20/hour;100/day",
        description="uploads and imports of one address (IPv6: its /64) without a key",
    )
    allow_anonymous: bool = Field(True, description="whether uploads without a key are taken")
    registration: Literal["open", "invite", "off"] = Field(
        "open",
        description="who gets an account: open: whoever reads the mail of the address that they "
        "give; invite: whom `pixferry users invite` names; off: likewise, and answers of the API "
        "have no `upgrade` hint",
    )
    smtp_url: SmtpUrl = Field(
        None,
        description="mail server: `smtp://USER:PASSWORD@HOST:587`, or `smtps://` for TLS from the "
        "start (default: mails, with their links, are written to the log)",
    )
    mail_from: Mailbox = Field(
        None, description="sender of mails (default: `pixferry@` and the host of `PUBLIC_URL`)"
    )
    abuse_email: Mailbox = Field(
        None, description="where reports of pictures are mailed to; `pixferry reports` lists them"
    )
    metadata_keep: Literal["owner", "anyone"] = Field(
        "owner", description="who may ask for `metadata=keep`: the image's own team, or anyone"
    )

    workers: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=1,
        description="processes for image work (default: number of cores)",
    )
    worker_memory: int = Field(
        1_500_000_000, ge=500_000_000, description="bytes of address space of each of them"
    )
    worker_queue: int = Field(
        64, ge=1, description="image jobs that may wait; beyond it new ones get 503"
    )
    ingest_timeout: float = Field(
        60, gt=0, le=3_600, description="seconds that reading one upload's picture may take"
    )
    render_timeout: float = Field(
        10, gt=0, le=3_600, description="seconds that transforming a picture may take"
    )
    animation_timeout: float = Field(
        30, gt=0, le=3_600, description="seconds that transforming an animation may take"
    )
    jpeg_quality: int = Field(82, ge=1, le=100, description="of JPEG renditions (4:2:0, baseline)")
    webp_quality: int = Field(81, ge=1, le=100, description="of WebP renditions")
    webp_method: int = Field(
        2, ge=0, le=6, description="of WebP renditions: 0 is fast, 6 small and slow"
    )
    avif_quality: int = Field(60, ge=1, le=100, description="of AVIF renditions")
    avif_speed: int = Field(
        9,
        ge=0,
        le=10,
        description="of AVIF renditions: 0 is small and slow, 10 fast; below 6 many take longer "
        "than `RENDER_TIMEOUT` unless that is raised, too",
    )
    png_level: int = Field(
        6, ge=0, le=9, description="zlib's effort in PNG renditions: 9 is small and slow"
    )
    segmenter: Literal["grabcut", "rembg", "off"] = Field(
        "grabcut",
        description="what cuts the foreground out: OpenCV's GrabCut (extra `vision`), a neural "
        "network (extra `rembg`), or nothing",
    )
    segmenter_model: Path | None = Field(
        None,
        description="rembg's model, an ONNX file shaped as U²-Net (default: where "
        "`pixferry doctor --fetch-models` puts it, in `DATA_DIR`)",
    )
    max_pixels: int = Field(
        100_000_000, ge=1, description="pixels of a picture; larger ones are refused"
    )
    max_total_pixels: int = Field(
        400_000_000, ge=1, description="pixels over all frames of an animation"
    )
    max_frames: int = Field(1_000, ge=1, description="frames of an animation")
    max_side: int = Field(65_535, ge=1, description="pixels a side; larger ones are refused")
    max_decoded_bytes: int = Field(
        800_000_000, ge=1, description="bytes that a decoded picture is estimated to take"
    )
    max_scans: int = Field(100, ge=1, description="scans of a progressive JPEG")
    store_pixels: int = Field(
        48_000_000, ge=1, description="pixels above which a picture is scaled down to be stored"
    )
    store_side: int = Field(
        8_192, ge=1, le=16_383, description="pixels a side above which it is scaled down"
    )

    derived_dir: Path | None = Field(
        None,
        description="where renditions are kept, which can be made again at any time (default: "
        "`derived` in `DATA_DIR`)",
    )
    derived_limit: int = Field(
        10 * GB,
        ge=0,
        description="bytes that they may take: those least recently used go first; 0 keeps none",
    )
    hot_bytes: int = Field(
        64 * MB, ge=0, description="bytes of memory for pictures that are asked for often"
    )
    render_rate: RenderRate = Field(
        "120/minute",
        description="renditions that are made for one address (IPv6: its /64); those that are "
        "kept already don't count, nor do the owner's, and `segment` counts 10",
    )

    body_timeout: float = Field(
        600, gt=0, le=86_400, description="seconds that a request's whole body may take"
    )
    stall_timeout: float = Field(
        30,
        gt=0,
        le=3_600,
        description="seconds that a client may be silent while it sends or receives",
    )
    sweep_interval: float = Field(
        15, gt=0, le=60, description="seconds between two sweeps of expired images"
    )
    reservation_life: float = Field(
        180,
        gt=0,
        le=86_400,
        description="seconds after which an upload that was never finished is taken for dead "
        "and its quota given back; longer than storing the largest file takes",
    )
    orphan_grace: float = Field(
        3_600,
        gt=0,
        le=31_536_000,
        description="seconds after which files that nothing names are removed; longer than any "
        "request takes",
    )
    log_format: Literal["console", "json"] | None = Field(
        None, description="console or json (default: console on a terminal, else json)"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="debug, info, warning or error"
    )

    @property
    def host_is_wildcard(self) -> bool:
        """Whether the server listens on every address of the machine."""
        return self.host in {"0.0.0.0", "::", ""}  # noqa: S104  compared, not bound  # nosec B104

    @property
    def public_base(self) -> str:
        """What links begin with; a server on every address is reached as localhost."""
        host = "localhost" if self.host_is_wildcard else self.host
        shown = f"[{host}]" if ":" in host else host
        return self.public_url or f"http://{shown}:{self.port}"

    @property
    def mail_sender(self) -> str:
        """Whom mails are from."""
        return self.mail_from or f"pixferry@{urlsplit(self.public_base).hostname}"

    @property
    def user_agent(self) -> str:
        """How requests to other servers call themselves."""
        return f"Pixferry (+{self.public_base})"

    @property
    def media_base(self) -> str:
        """What `src` begins with."""
        return self.media_url or self.public_base

    @property
    def api_base(self) -> str:
        """What documentation names."""
        return self.api_url or self.public_base

    @property
    def database(self) -> str:
        """The database's URL, with the default filled in."""
        return self.database_url or f"{SQLITE}{quote(str(self.data_dir.resolve()))}/pixferry.db"

    @property
    def s3(self) -> S3Address | None:
        """The bucket that keeps blobs; None: a folder does."""
        url = self.storage_url or ""
        return s3_address(url) if url.startswith("s3://") else None

    @property
    def blob_folder(self) -> Path:
        """Where the folder storage keeps blobs."""
        if self.storage_url and self.s3 is None:
            return Path(unquote(urlsplit(self.storage_url).path))
        return self.data_dir.resolve() / "blobs"

    @property
    def storage(self) -> S3Address | Path:
        """The bucket or folder that pictures are written to."""
        return self.s3 or self.blob_folder

    @property
    def storage_fallback(self) -> S3Address | Path | None:
        """The bucket or folder that is read besides."""
        url = self.storage_fallback_url
        return storage_place(url, f"{PREFIX}STORAGE_FALLBACK_URL") if url else None

    @property
    def work_folder(self) -> Path:
        """Where bodies are received and pictures are worked on, before they are stored."""
        return self.data_dir.resolve() / "work"

    @property
    def derived_folder(self) -> Path:
        """Where renditions are kept."""
        return (self.derived_dir or self.data_dir / "derived").resolve()

    @property
    def encoding(self) -> Encoding:
        """How hard the encoders of renditions try."""
        return Encoding(
            jpeg_quality=self.jpeg_quality,
            webp_quality=self.webp_quality,
            webp_method=self.webp_method,
            avif_quality=self.avif_quality,
            avif_speed=self.avif_speed,
            png_level=self.png_level,
        )

    @property
    def segmentation(self) -> Segmentation:
        """Who cuts the foreground out."""
        model = self.segmenter_model or self.data_dir / "models" / "u2net.onnx"
        return Segmentation(self.segmenter, str(model.resolve()))

    @property
    def image_limits(self) -> ImageLimits:
        """The limits that the image workers hold."""
        return ImageLimits(
            max_pixels=self.max_pixels,
            max_total_pixels=self.max_total_pixels,
            max_frames=self.max_frames,
            max_side=self.max_side,
            max_decoded_bytes=self.max_decoded_bytes,
            max_scans=self.max_scans,
            store_pixels=self.store_pixels,
            store_side=self.store_side,
        )
