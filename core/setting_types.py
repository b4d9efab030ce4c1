"""What settings may hold: how each kind is read from text, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import AfterValidator, BeforeValidator, SecretStr
from pydantic_settings import NoDecode
from yarl import URL

from core.chat_urls import api_url, telegram_api_url, telegram_token
from core.emails import normal_email
from core.networks import Network, parse_allowed_networks, parse_networks
from core.service_urls import database_url, redis_url, storage_url
from core.shards import Shards, parse_shards
from core.smtp_address import smtp_address

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "PIXFERRY_"
_PORTS = range(1, 65_536)


class SettingsInvalid(ValueError):
    """One or more variables are wrong; the text is ready to be shown, a line each."""


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


def _parsed(parse: Callable[[str], object]) -> BeforeValidator:
    return BeforeValidator(lambda value: parse(value) if isinstance(value, str) else value)


def _ports(ports: tuple[int, ...]) -> tuple[int, ...]:
    for port in ports:
        if port not in _PORTS:
            raise ValueError(f"{port} is not a port; ports are 1 to 65535")
    return ports


def _base_url(value: str | None) -> str | None:
    if not value:
        return None
    sentence = "it must be an http or https address, such as https://pix.example"
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
        url = URL(value)
    except ValueError as err:  # no IPv6 address, no port, or no name of a host
        raise ValueError(sentence) from err
    if not usable:
        raise ValueError(sentence)
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError("it must be scheme, host and port alone, without a path")
    # As browsers name it, and headers can hold it: in ASCII, without the scheme's own port.
    return str(url.origin())


def _rate(value: str, none: str) -> str:
    """A rate; `none` is said of one that lets nothing pass."""
    try:
        closed = any(item.amount == 0 for item in parse_many(value))
    except ValueError as err:
        raise ValueError("it must read like 20/hour;100/day") from err
    if closed:
        raise ValueError(none)
    return value


def _upload_rate(value: str) -> str:
    return _rate(value, f"to take no anonymous uploads set {PREFIX}ALLOW_ANONYMOUS=false")


def _render_rate(value: str) -> str:
    return _rate(value, "it must let something pass, or no picture can be shown in other sizes")


def _telegram_token(value: SecretStr | None) -> SecretStr | None:
    if value is not None:
        telegram_token(value.get_secret_value())
    return value


def _smtp_url(value: str) -> str:
    smtp_address(value)
    return value


def _if_given(accept: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda value: None if value is None else accept(value))


Networks = Annotated[tuple[Network, ...], NoDecode, _parsed(parse_networks)]
AllowedNetworks = Annotated[tuple[Network, ...], NoDecode, _parsed(parse_allowed_networks)]
ApiUrl = Annotated[str, AfterValidator(api_url)]
TelegramApiUrl = Annotated[str, AfterValidator(telegram_api_url)]
DiscordShards = Annotated[Shards | None, NoDecode, _parsed(parse_shards)]
TelegramToken = Annotated[SecretStr | None, AfterValidator(_telegram_token)]
BaseUrl = Annotated[str | None, AfterValidator(_base_url)]
Rate = Annotated[str, AfterValidator(_upload_rate)]
RenderRate = Annotated[str, AfterValidator(_render_rate)]
DatabaseUrl = Annotated[str | None, _if_given(database_url)]
StorageUrl = Annotated[str | None, _if_given(storage_url)]
RedisUrl = Annotated[str | None, _if_given(redis_url)]
SmtpUrl = Annotated[str | None, _if_given(_smtp_url)]
Mailbox = Annotated[str | None, _if_given(normal_email)]
Ports = Annotated[tuple[int, ...], NoDecode, BeforeValidator(_split), AfterValidator(_ports)]
Secrets = Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_split)]
