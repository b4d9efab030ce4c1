"""Who and what there is: the application, users, servers, channels."""

from __future__ import annotations

import itertools
import time
from collections import OrderedDict
from dataclasses import dataclass, field

EPOCH = 1_420_070_400_000  # milliseconds; ids count from it
MESSAGES_KEPT = 2_000  # a channel; the oldest are forgotten
PERMISSIONS = {
    "kick_members": 1 << 1,
    "ban_members": 1 << 2,
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "use_external_emojis": 1 << 18,
    "manage_roles": 1 << 28,
    "manage_webhooks": 1 << 29,
    "use_application_commands": 1 << 31,
    "send_messages_in_threads": 1 << 38,
}
ORDINARY = (
    "view_channel",
    "send_messages",
    "embed_links",
    "attach_files",
    "add_reactions",
    "read_message_history",
    "use_application_commands",
)
ALL = sum(PERMISSIONS.values())
TEXT, DM, GROUP_DM = 0, 1, 3  # types of channels
IN_GUILD, IN_BOT_DM, IN_PRIVATE_CHANNEL = range(3)  # contexts


def permissions(*names: str) -> int:
    return sum(PERMISSIONS[name] for name in {*ORDINARY, *names})


class Snowflakes:
    """Ids that tell when they were made, as the library reads ages from them."""

    def __init__(self) -> None:
        self._numbers = itertools.count()

    def new(self) -> str:
        moment = int(time.time() * 1000) - EPOCH
        return str((moment << 22) | (next(self._numbers) & 0x3FFFFF))


def timestamp() -> str:
    seconds = time.time()
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 1_000_000):06d}+00:00"


@dataclass(eq=False)
class Account:
    """A user as everybody sees it."""

    id: str
    name: str
    bot: bool = False
    accepts_dms: bool = True

    def data(self) -> dict:
        return {
            "id": self.id,
            "username": self.name,
            "global_name": None if self.bot else self.name.title(),
            "discriminator": "0001" if self.bot else "0",
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False)
class App:
    """The application under test."""

    id: str
    token: str
    account: Account
    owner: Account
    privileged_intents: int = 0
    commands: dict[str | None, dict[str, dict]] = field(default_factory=dict)  # guild -> id -> it

    def data(self) -> dict:
        return {
            "id": self.id,
            "name": self.account.name,
            "description": "",
            "icon": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "owner": self.owner.data(),
            "bot": self.account.data(),
            "summary": "",
            "verify_key": "0" * 64,
            "flags": 1 << 19 if self.privileged_intents & (1 << 15) else 0,
            "team": None,
            "integration_types_config": {"0": {}, "1": {}},
        }


@dataclass(eq=False)
class Guild:
    """A server. `has_bot`: whether the bot was added to it, and not only by users to themselves."""

    id: str
    name: str
    owner: Account
    bot: Account
    locale: str = "en-US"
    has_bot: bool = True
    bot_permissions: int = ALL
    attachment_limit: int = 10 << 20
    members: dict[str, tuple[Account, int]] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)

    @property
    def channel(self) -> Channel:
        """The first one."""
        return next(iter(self.channels.values()))

    def allow(self, account: Account, *names: str) -> None:
        """Give a member these permissions beside the ordinary ones, and no others."""
        self.members[account.id] = (account, permissions(*names))

    def permissions_of(self, account: Account) -> int:
        if account.id == self.owner.id:
            return ALL
        found = self.members.get(account.id)
        if found is None:
            self.allow(account)
            return self.permissions_of(account)
        given = found[1]
        return ALL if given & PERMISSIONS["administrator"] else given

    def member(self, account: Account) -> dict:
        """A member as events show it, without its user."""
        return {
            "roles": [],
            "nick": None,
            "avatar": None,
            "joined_at": "2026-01-01T00:00:00.000000+00:00",
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "flags": 0,
            "communication_disabled_until": None,
        }

    def member_with_user(self, account: Account) -> dict:
        return self.member(account) | {"user": account.data()}

    def partial(self) -> dict:
        return {"id": self.id, "locale": self.locale, "features": []}

    def data(self) -> dict:
        bot = self.member_with_user(self.bot)
        return {
            "id": self.id,
            "name": self.name,
            "owner_id": self.owner.id,
            "icon": None,
            "unavailable": False,
            "features": [],
            "preferred_locale": self.locale,
            "roles": [self._everyone()],
            "emojis": [],
            "stickers": [],
            "channels": [channel.data() for channel in self.channels.values()],
            "threads": [],
            "members": [bot],
            "member_count": len(self.members) + 1,
            "presences": [],
            "voice_states": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "large": False,
            "joined_at": bot["joined_at"],
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "premium_subscription_count": 0,
            "premium_progress_bar_enabled": False,
            "system_channel_id": None,
            "system_channel_flags": 0,
            "rules_channel_id": None,
            "public_updates_channel_id": None,
            "afk_channel_id": None,
            "afk_timeout": 300,
            "vanity_url_code": None,
            "description": None,
            "banner": None,
        }

    def _everyone(self) -> dict:
        return {
            "id": self.id,
            "name": "@everyone",
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": 0,
            "permissions": str(self.bot_permissions),
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }


@dataclass(eq=False)
class Channel:
    """A text channel of a server, or a conversation of its recipients."""

    id: str
    type: int
    name: str | None = None
    guild: Guild | None = None
    recipients: tuple[Account, ...] = ()
    nsfw: bool = False
    messages: OrderedDict = field(default_factory=OrderedDict)  # id -> Message

    def keep(self, message) -> None:
        self.messages[message.id] = message
        if len(self.messages) > MESSAGES_KEPT:
            self.messages.popitem(last=False)

    @property
    def bot_may_read(self) -> bool:
        """Whether the bot is a member here, beyond what interactions give it."""
        if self.guild is not None:
            return self.guild.has_bot
        return self.type == DM and any(one.bot for one in self.recipients)

    @property
    def shard_key(self) -> int:
        return int(self.guild.id) >> 22 if self.guild else 0

    def data(self) -> dict:
        base = {"id": self.id, "type": self.type, "last_message_id": None, "flags": 0}
        if self.guild is None:
            shown = [one.data() for one in self.recipients if not one.bot]
            return (
                base
                | {"recipients": shown}
                | (
                    {"name": self.name, "icon": None, "owner_id": shown[0]["id"]}
                    if self.type == GROUP_DM
                    else {}
                )
            )
        return base | {
            "guild_id": self.guild.id,
            "name": self.name,
            "position": 0,
            "permission_overwrites": [],
            "nsfw": self.nsfw,
            "parent_id": None,
            "topic": None,
            "rate_limit_per_user": 0,
        }
