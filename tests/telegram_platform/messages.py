"""A message, kept as the platform's own JSON, and read as a person reads it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from signals import Signal
from telegram_platform.entities import as_html, links

if TYPE_CHECKING:
    from collections.abc import Callable

    from telegram_platform.files import Files
    from telegram_platform.world import Chat

HISTORY_KEPT = 50


@dataclass(eq=False)
class Message:
    """`data` is what the API shows; the rest is what a person sees of it, always as it is now."""

    data: dict
    chat: Chat
    files: Files
    inline_id: str | None = None  # if it came of the inline mode
    deleted: bool = False
    versions: int = 1
    history: list[str] = field(default_factory=list)  # what it said before
    doubled: bool = False  # the bot was told twice of something done to it
    changed: Signal = field(default_factory=Signal)

    @property
    def id(self) -> int:
        return self.data["message_id"]

    @property
    def sender(self) -> int:
        return self.data["from"]["id"]

    @property
    def text(self) -> str:
        """What it says, be that under a picture or not."""
        return self.data.get("text") or self.data.get("caption") or ""

    @property
    def entities(self) -> list[dict]:
        return self.data.get("entities") or self.data.get("caption_entities") or []

    @property
    def html(self) -> str:
        """What it says, with its styles and links as tags."""
        return as_html(self.text, self.entities)

    @property
    def links(self) -> list[str]:
        """Addresses in the text, in their order."""
        return links(self.text, self.entities)

    @property
    def preview(self) -> dict | None:
        """What is shown below a text: `url`, and what was wished of its size; None if nothing."""
        options = self.data.get("link_preview_options") or {}
        if "text" not in self.data or options.get("is_disabled"):
            return None
        url = options.get("url") or next(iter(self.links), None)
        return {**options, "url": url} if url else None

    @property
    def rows(self) -> list[list[str]]:
        """The labels of the keyboard, row by row."""
        keyboard = (self.data.get("reply_markup") or {}).get("inline_keyboard") or []
        return [[button["text"] for button in row] for row in keyboard]

    @property
    def buttons(self) -> dict[str, dict]:
        """The buttons of the keyboard by label."""
        keyboard = (self.data.get("reply_markup") or {}).get("inline_keyboard") or []
        return {button["text"]: button for row in keyboard for button in row}

    @property
    def reply_to(self) -> Message | None:
        replied = self.data.get("reply_to_message")
        return self.chat.messages.get(replied["message_id"]) if replied else None

    @property
    def photo(self) -> bytes | None:
        """The bytes of a photo in its largest size."""
        sizes = self.data.get("photo")
        return self.files.bytes_of(sizes[-1]["file_id"]) if sizes else None

    @property
    def file(self) -> bytes | None:
        """The bytes of a document, animation or sticker."""
        for kind in ("animation", "document", "sticker"):
            if kind in self.data:
                return self.files.bytes_of(self.data[kind]["file_id"])
        return None

    @property
    def file_name(self) -> str | None:
        shown = self.data.get("document") or self.data.get("animation") or {}
        return shown.get("file_name")

    def told(self) -> dict:
        """As it is told to the bot: a message that it replies to says not what that one does."""
        replied = self.data.get("reply_to_message")
        if replied is None:
            return dict(self.data)
        away = {"reply_to_message"}
        if "inline_keyboard" not in replied.get("reply_markup", {}):
            away.add("reply_markup")  # what a client is to do with its keyboard, nobody is told
        bare = {key: value for key, value in replied.items() if key not in away}
        return self.data | {"reply_to_message": bare}

    def touch(self) -> None:
        self.versions += 1
        self.changed.fire()

    def edit(self, content: dict, *, drop: tuple[str, ...] = ()) -> None:
        """Change it, for everybody who sees it or hears of it from now on."""
        self.history.append(self.text)
        del self.history[:-HISTORY_KEPT]
        kept = {key: value for key, value in self.data.items() if key not in drop}
        self.data = kept | content | {"edit_date": int(time.time())}
        self.touch()

    def delete(self) -> None:
        self.deleted = True
        self.chat.messages.pop(self.id, None)
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
        state = "deleted " if self.deleted else ""
        shown = [
            kind for kind in ("photo", "document", "animation", "sticker") if kind in self.data
        ]
        return f"<{state}message {self.id} {' '.join(shown)} {self.text!r}, buttons {self.rows}>"
