"""A message, kept as the platform's own JSON, and read as a person reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from discord_platform.world import timestamp
from signals import Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from discord_platform.cdn import Cdn
    from discord_platform.interactions import Interaction
    from discord_platform.world import Channel

EPHEMERAL, LOADING, COMPONENTS_V2 = 1 << 6, 1 << 7, 1 << 15
ACTION_ROW, BUTTON, STRING_SELECT, SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY = (
    1,
    2,
    3,
    9,
    10,
    11,
    12,
)
SELECTS = {3, 5, 6, 7, 8}
LINK = 5  # the style of buttons that open an address


def walk(components: list[dict]) -> Iterator[dict]:
    """Each component, outer ones first."""
    for one in components:
        yield one
        yield from walk(one.get("components") or [])
        inner = [one[name] for name in ("accessory", "component") if one.get(name)]
        yield from walk(inner)


@dataclass(eq=False)
class Message:
    """`data` is what the API shows; the rest is what a person sees of it, always as it is now."""

    data: dict
    channel: Channel
    cdn: Cdn
    viewer: str | None = None  # who alone sees it, if ephemeral
    interaction: Interaction | None = None  # the last one that answered with or by it
    deleted: bool = False
    versions: int = 1
    hidden: list[dict] = field(default_factory=list)  # attachments that embeds show
    changed: Signal = field(default_factory=Signal)

    @property
    def id(self) -> str:
        return self.data["id"]

    @property
    def content(self) -> str:
        return self.data["content"]

    @property
    def embeds(self) -> list[dict]:
        return self.data["embeds"]

    @property
    def flags(self) -> int:
        return self.data["flags"]

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it says that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def components(self) -> list[dict]:
        """All of them, however deep."""
        return list(walk(self.data["components"]))

    @property
    def buttons(self) -> dict[str, dict]:
        """By label, or by the emoji of those without."""
        found = [one for one in self.components if one["type"] == BUTTON]
        return {
            one.get("label") or (one.get("emoji") or {}).get("name") or "": one for one in found
        }

    @property
    def menus(self) -> list[dict]:
        return [one for one in self.components if one["type"] in SELECTS]

    @property
    def text(self) -> str:
        """All text that a person reads: content, embeds, text components."""
        parts = [self.content]
        for embed in self.embeds:
            author, footer = embed.get("author") or {}, embed.get("footer") or {}
            parts += [author.get("name"), embed.get("title"), embed.get("description")]
            parts += [one[part] for one in embed.get("fields", ()) for part in ("name", "value")]
            parts += [footer.get("text")]
        parts += [one["content"] for one in self.components if one["type"] == TEXT_DISPLAY]
        return "\n".join(part for part in parts if part)

    @property
    def images(self) -> list[str]:
        """Addresses of the pictures that embeds and components show."""
        shown = [embed.get(place) for embed in self.embeds for place in ("image", "thumbnail")]
        for one in self.components:
            shown += [one.get("media")] + [item["media"] for item in one.get("items", ())]
        return [one["url"] for one in shown if one]

    @property
    def files(self) -> list[bytes]:
        """The bytes of the attachments, those that embeds show last."""
        everything = self.data["attachments"] + self.hidden
        return [self.cdn.bytes_of(one["id"]) for one in everything]

    @property
    def followups(self) -> list[Message]:
        """The further messages of the interaction that made or changed this one."""
        return self.interaction.followups if self.interaction else []

    def touch(self) -> None:
        self.versions += 1
        self.changed.fire()

    def edited(self) -> None:
        self.data["edited_timestamp"] = timestamp()
        self.data["flags"] &= ~LOADING
        self.touch()

    def delete(self) -> None:
        self.deleted = True
        self.channel.messages.pop(self.id, None)
        self.touch()

    async def until(self, holds: Callable[[Message], object], seconds: float = 30) -> Message:
        """Wait until the message is so; fails with what it is instead."""
        if not await self.changed.until(lambda: holds(self), seconds):
            raise AssertionError(f"the message stayed as it was: {self!r}")
        return self

    async def changes(self, versions: int, seconds: float = 30) -> Message:
        """Wait until it is no longer the version that it was."""
        return await self.until(lambda one: one.versions > versions, seconds)

    def __repr__(self) -> str:
        state = "deleted " if self.deleted else "loading " if self.loading else ""
        kind = "ephemeral " if self.ephemeral else ""
        return f"<{state}{kind}message {self.text!r}, buttons {list(self.buttons)}>"
