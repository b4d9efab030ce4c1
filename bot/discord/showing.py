"""Replies as Discord's messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

import discord

from bot.discord.controls import view_of
from bot.discord.markup import markdown

if TYPE_CHECKING:
    from bot.replies import Display, Reply

EMBEDS = 10
TITLE_CHARS = 256
AUTHOR_CHARS = 256
DESCRIPTION_CHARS = 4_096


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


def shown(reply: Reply) -> Shown:
    """A reply as a message."""
    pictures = reply.pictures[:EMBEDS]
    return Shown(
        markdown(reply.words),
        [_embed(picture) for picture in pictures],
        [
            discord.File(BytesIO(picture.data), picture.name, description=picture.alt or None)
            for picture in pictures
            if picture.data is not None
        ],
        view_of(reply.controls),
        reply.controls_alone,
    )


def _embed(picture: Display) -> discord.Embed:
    embed = discord.Embed(
        title=picture.title[:TITLE_CHARS] or None,
        description=markdown(picture.words, DESCRIPTION_CHARS) or None,
        url=picture.page if picture.url else None,
        colour=discord.Colour.from_str(picture.colour) if picture.colour else None,
    )
    if picture.author:
        embed.set_author(name=picture.author[:AUTHOR_CHARS], url=picture.author_url)
    if picture.url:
        embed.set_image(url=picture.url)
    elif picture.data is not None:
        embed.set_image(url=f"attachment://{picture.name}")
    return embed
