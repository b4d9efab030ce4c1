"""People, channels and files as an interaction refers to them: by id, and once in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_platform.world import Channel, Guild

if TYPE_CHECKING:
    from discord_platform.people import Person

Resolved = dict[str, dict[str, dict]]


def refer_to_file(resolved: Resolved, shown: dict) -> str:
    """An attachment as the API shows it."""
    resolved.setdefault("attachments", {})[shown["id"]] = shown
    return shown["id"]


def refer_to(resolved: Resolved, value: Person | Channel, guild: Guild | None) -> str:
    """Somebody or a channel; gives the id."""
    held = str(guild.permissions_of(getattr(value, "account", guild.owner))) if guild else "0"
    if isinstance(value, Channel):
        shown = value.data() | {"permissions": held}
        resolved.setdefault("channels", {})[value.id] = shown
        return value.id
    resolved.setdefault("users", {})[value.id] = value.account.data()
    if guild is not None:
        member = guild.member(value.account) | {"permissions": held}
        resolved.setdefault("members", {})[value.id] = member
    return value.id
