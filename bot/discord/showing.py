"""Replies as Discord's messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord
from yarl import URL

from bot.discord.controls import view_of
from bot.discord.markup import markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.replies import Display, Reply

EMBEDS = 10
EMBEDS_CHARS = 6_000
"""Over all embeds of a message."""

TITLE_CHARS = 256
AUTHOR_CHARS = 256
DESCRIPTION_CHARS = 4_096
ALT_CHARS = 1_024
FILE_BYTES = 10 << 20
REQUEST_BYTES = 24 << 20
"""Of files with one message; the whole request may have 25 MiB."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a message is made of."""

    content: str
    embeds: list[discord.Embed] = field(default_factory=list)
    files: list[discord.File] = field(default_factory=list)
    view: discord.ui.View | None = None
    view_alone: bool = False

    def edit(self) -> dict[str, Any]:
        """As an edit of a message wants it: what it had and this lacks goes."""
        if self.view_alone:
            return {"view": self.view}
        return {
            "content": self.content,
            "embeds": self.embeds,
            "attachments": self.files,
            "view": self.view,
        }

    def send(self) -> dict[str, Any]:
        """As a new message wants it."""
        known = {"content": self.content, "embeds": self.embeds, "files": self.files}
        return known | ({"view": self.view} if self.view else {})


def shown(reply: Reply, file_max: int = FILE_BYTES) -> Shown:
    """A reply as a message; `file_max`: bytes that a file may have where it is shown."""
    pictures = reply.pictures[:EMBEDS]
    room = EMBEDS_CHARS // max(1, len(pictures))
    attached = _attached(pictures, file_max)
    return Shown(
        markdown(reply.words),
        [_embed(picture, room, attached=picture in attached) for picture in pictures],
        [_file(picture) for picture in attached],
        view_of(reply.controls),
        reply.controls_alone,
    )


def _attached(pictures: Sequence[Display], file_max: int) -> list[Display]:
    """The pictures that go along as files; those that are too large have their links."""
    found: list[Display] = []
    left = REQUEST_BYTES
    for picture in pictures:
        size = len(picture.data or b"")
        if 0 < size <= min(left, file_max) and (picture.spoiler or not picture.url):
            found.append(picture)
            left -= size
    return found


def _file(picture: Display) -> discord.File:
    assert picture.data is not None
    alt = picture.alt[:ALT_CHARS] or None
    return discord.File(
        BytesIO(picture.data), picture.name, description=alt, spoiler=picture.spoiler
    )


def _embed(picture: Display, room: int, *, attached: bool) -> discord.Embed:
    """A picture's embed, of `room` characters at most.

    Embeds have no veil: a spoiler's picture is a file beside its embed, or is not shown.
    """
    words = markdown(picture.words, min(room, DESCRIPTION_CHARS))
    title = markdown((picture.title,), min(room - len(words), TITLE_CHARS))
    author = (picture.author or "")[: min(room - len(words) - len(title), AUTHOR_CHARS)]
    embed = discord.Embed(
        title=title or None,
        description=words or None,
        url=picture.page if picture.url else None,
        colour=discord.Colour.from_str(picture.colour) if picture.colour else None,
    )
    if author.strip():
        embed.set_author(name=author, url=_taken(picture.author_url))
    if picture.spoiler:
        return embed
    if picture.url:
        embed.set_image(url=picture.url)
    elif attached:
        embed.set_image(url=f"attachment://{picture.name}")
    return embed


def _taken(url: str | None) -> str | None:
    """An address, if Discord takes it for one: its host has a dot in it."""
    host = URL(url).host if url else None
    return url if host and "." in host.strip(".") else None
