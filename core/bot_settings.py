"""The settings of the chat bots; `Settings` has them, too."""

from __future__ import annotations

from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings

from core.chat_urls import TELEGRAM_API, origin, refuse_odd_webhook
from core.setting_types import PREFIX, ApiUrl, DiscordShards, TelegramApiUrl, TelegramToken


class BotSettings(BaseSettings):
    """What the bots need to know."""

    discord_token: SecretStr | None = Field(
        None, description="token of the Discord bot, which runs where it is set"
    )
    discord_api_url: ApiUrl = Field(
        "https://discord.com/api/v10",
        description="base of Discord's REST API, up to and including its version; it names the "
        "gateway",
    )
    discord_guild_id: int | None = Field(
        None,
        ge=1,
        description="a Discord server that gets the commands at once, alone (for development)",
    )
    discord_message_content: bool = Field(
        False,
        description="whether Discord is asked for messages' contents, which channels need where "
        "every picture is hosted; turn on the intent in the developer portal, too",
    )
    discord_shards: DiscordShards = Field(
        None,
        description="the shards that this process runs, where several processes share the bot: "
        "`0-3/16` are the first four of sixteen (default: all that Discord advises)",
    )
    telegram_token: TelegramToken = Field(
        None, description="token of the Telegram bot, which runs where it is set"
    )
    telegram_api_url: TelegramApiUrl = Field(
        TELEGRAM_API,
        description="base of Telegram's Bot API, Telegram's or that of your own Bot API server: "
        "what comes before `/bot` and the token",
    )
    telegram_local_mode: bool = Field(
        False,
        description="whether that server runs with `--local`, its files on a disk of this "
        "machine: then they may have more than 20 MB",
    )
    telegram_webhook_url: str | None = Field(
        None,
        description="where Telegram is to deliver what happens, such as "
        "`https://pix.example/telegram/updates`: this server answers at its path (default: "
        "Telegram is asked)",
    )
    bot_slots: int = Field(
        4, ge=1, le=64, description="chat commands that are worked on at once, each bot"
    )
    bot_queue: int = Field(
        2_000,
        ge=1,
        description="chat commands that may wait, each bot; who comes then is asked to try later",
    )
    attachment_timeout: float = Field(
        30,
        gt=0,
        le=300,
        description="seconds that a chat's platform may take to give one file",
    )

    @field_validator("telegram_local_mode")
    @classmethod
    def _needs_a_server_of_its_own(cls, value: bool, info: ValidationInfo) -> bool:
        if value and info.data.get("telegram_api_url") == TELEGRAM_API:
            raise ValueError(
                f"Telegram's own API has no files on this disk; set {PREFIX}TELEGRAM_API_URL to "
                "your Bot API server, or leave this false"
            )
        return value

    @field_validator("telegram_webhook_url")
    @classmethod
    def _can_be_delivered_to(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None:
            refuse_odd_webhook(value, info.data.get("telegram_api_url", TELEGRAM_API))
        return value

    @property
    def bot_secrets(self) -> tuple[str, ...]:
        """What no log may hold: tokens, of Telegram's what comes after the bot's number.

        It stands in every address of the Bot API and of its files.
        """
        discord, telegram = self.discord_token, self.telegram_token
        return (
            *([discord.get_secret_value()] if discord else []),
            *([telegram.get_secret_value().partition(":")[2]] if telegram else []),
        )

    @property
    def discord_api_origin(self) -> str:
        """Scheme, host and port of Discord's API."""
        return origin(self.discord_api_url)

    @property
    def telegram_api_origin(self) -> str:
        """Scheme, host and port of the Bot API."""
        return origin(self.telegram_api_url)

    @property
    def telegram_webhook_path(self) -> str | None:
        """Where this server takes what Telegram delivers; None: Telegram is asked."""
        url = self.telegram_webhook_url
        return None if url is None else urlsplit(url).path
