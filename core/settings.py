"""Every setting, documented where it is defined. Nothing else reads the environment."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from core.model import ImageLimits
from core.networks import Network, parse_allowed_networks, parse_networks

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "PIXFERRY_"
_PORTS = range(1, 65_536)
_SECRET_BYTES = 32
_SECRET_MIN = 16


class SettingsInvalid(ValueError):
    """One or more variables are wrong; the text is ready to be shown, a line each."""


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _parsed(parse: Callable[[str], tuple[Network, ...]]) -> BeforeValidator:
    return BeforeValidator(lambda value: parse(value) if isinstance(value, str) else value)


def _ports(ports: tuple[int, ...]) -> tuple[int, ...]:
    for port in ports:
        if port not in _PORTS:
            raise ValueError(f"{port} is not a port; ports are 1 to 65535")
    return ports


def _base_url(value: str | None) -> str | None:
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it must be an http or https address, such as https://pix.example")
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError("it must be scheme, host and port alone, without a path")
    return value.rstrip("/")


def _rate(value: str) -> str:
    try:
        parse_many(value)
    except ValueError as err:
        raise ValueError("it must read like 20/hour;100/day") from err
    return value


def _database(value: str | None) -> str | None:
    if value and not value.startswith("sqlite+aiosqlite:///"):
        raise ValueError("it must be sqlite+aiosqlite:///PATH")
    return value or None


def _storage(value: str | None) -> str | None:
    if value and not value.startswith("file:///"):
        raise ValueError("it must be file:///PATH")
    return value or None


Networks = Annotated[tuple[Network, ...], NoDecode, _parsed(parse_networks)]
AllowedNetworks = Annotated[tuple[Network, ...], NoDecode, _parsed(parse_allowed_networks)]
BaseUrl = Annotated[str | None, AfterValidator(_base_url)]


class Settings(BaseSettings):
    """The settings of one process. Every field is `PIXFERRY_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    host: str = Field("127.0.0.1", description="address that the HTTP server listens on")
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
    database_url: Annotated[str | None, AfterValidator(_database)] = Field(
        None, description="`sqlite+aiosqlite:///PATH` (default: SQLite in `DATA_DIR`)"
    )
    storage_url: Annotated[str | None, AfterValidator(_storage)] = Field(
        None, description="`file:///PATH` where pictures lie (default: a folder in `DATA_DIR`)"
    )
    secret_key: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)] = Field(
        (),
        description="signs links and cursors (default: made once, in `DATA_DIR`); several, "
        "comma-separated, to rotate: the first signs, all are believed",
    )
    import_allow: AllowedNetworks = Field(
        (), description="networks (CIDR, comma-separated) that import may reach though private"
    )
    import_ports: Annotated[
        tuple[int, ...], NoDecode, BeforeValidator(_split), AfterValidator(_ports)
    ] = Field((80, 443, 8080, 8443), description="ports that import may reach")
    import_slots: int = Field(16, ge=1, description="imports fetched at once; more get 503")
    trusted_proxies: Networks = Field(
        (), description="networks of proxies whose `X-Forwarded-For` is believed"
    )
    plans_file: Path | None = Field(
        None, description="TOML of plans (default: the built-in `core/plans.toml`)"
    )
    anonymous_rate: Annotated[str, AfterValidator(_rate)] = Field(
        "20/hour;100/day",
        description="uploads and imports of one address (IPv6: its /64) without a key",
    )
    allow_anonymous: bool = Field(True, description="whether uploads without a key are taken")
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
        60, gt=0, description="seconds that reading one upload's picture may take"
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

    body_timeout: float = Field(
        600, gt=0, description="seconds that a request's whole body may take"
    )
    stall_timeout: float = Field(
        30, gt=0, description="seconds that a client may be silent while it sends or receives"
    )
    sweep_interval: float = Field(
        15, gt=0, le=60, description="seconds between two sweeps of expired images"
    )
    orphan_grace: float = Field(
        3_600, gt=0, description="seconds after which bytes that nothing names are removed"
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
        return self.host in {"0.0.0.0", "::", ""}  # noqa: S104  # nosec B104  compared, not bound

    @cached_property
    def public_base(self) -> str:
        """What links begin with; a server on every address is reached as localhost."""
        host = "localhost" if self.host_is_wildcard else self.host
        shown = f"[{host}]" if ":" in host else host
        return self.public_url or f"http://{shown}:{self.port}"

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
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.resolve()}/pixferry.db"

    @property
    def blob_folder(self) -> Path:
        """Where the folder storage keeps blobs."""
        if self.storage_url:
            return Path(urlsplit(self.storage_url).path)
        return self.data_dir.resolve() / "blobs"

    @property
    def work_folder(self) -> Path:
        """Where bodies are received and pictures are worked on, before they are stored."""
        return self.data_dir.resolve() / "work"

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

    def secrets(self) -> tuple[str, ...]:
        """The signing keys, newest first; made in `DATA_DIR` on first use if none is set.

        Two processes that start at once agree on one: the file is linked into place whole.

        Raises:
            SettingsInvalid: a key is too short to be safe.
        """
        given = tuple(key.get_secret_value() for key in self.secret_key)
        if any(len(key) < _SECRET_MIN for key in given):
            raise SettingsInvalid(
                f"{PREFIX}SECRET_KEY is too short: each key needs {_SECRET_MIN} characters or more"
            )
        if given:
            return given
        file = self.data_dir / "secret_key"
        if not file.exists():
            self.data_dir.mkdir(parents=True, exist_ok=True)
            draft = file.with_name(f"secret_key.{os.getpid()}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as out:
                out.write(secrets.token_urlsafe(_SECRET_BYTES))
                out.flush()
                os.fsync(out.fileno())
            with suppress(FileExistsError):
                file.hardlink_to(draft)
            draft.unlink()
        return (file.read_text().strip(),)


def load_settings(**overrides: Any) -> Settings:
    """Read the environment and `.env`; `overrides` win.

    Raises:
        SettingsInvalid: names each wrong variable, what it was and what it may be.
    """
    try:
        return Settings(**overrides)
    except ValidationError as err:
        raise SettingsInvalid("\n".join(_line(error) for error in err.errors())) from err


def _line(error: Any) -> str:
    name = str(error["loc"][0])
    field = Settings.model_fields.get(name)
    given = "(hidden)" if name == "secret_key" else repr(error["input"])
    meaning = f" (Meaning: {field.description}.)" if field and field.description else ""
    return (
        f"{PREFIX}{name.upper()} is {given}: {error['msg'].removeprefix('Value error, ')}.{meaning}"
    )


def unknown_variables() -> list[str]:
    """Sentences on variables with our prefix that name no setting: typing errors, mostly."""
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    found = []
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in known and not name.startswith(f"{PREFIX}TEST_"):
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            found.append(f"{name} is no setting of this version{hint}")
    return found
