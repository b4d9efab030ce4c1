"""What somebody may mean by the start of a reference: of their own images, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.replies import Choice
from core import words
from core.model import MediaFilter

if TYPE_CHECKING:
    from bot.options import Reference
    from bot.turn import Turn

MOST = 25
LABEL_CHARS = 100


async def complete(turn: Turn, kind: Reference, text: str) -> list[Choice]:
    """At most 25 choices."""
    if kind.of == "image":
        return await _images(turn, text)
    return []


async def _images(turn: Turn, text: str) -> list[Choice]:
    caller = await turn.core.chats.librarian(turn.caller, turn.ask.place)
    chosen = MediaFilter(words=text or None)
    page = await turn.core.library.page(caller, chosen, None, MOST)
    return [
        Choice(
            words.line(f"{media.caption or media.name or ''} ({media.id})", LABEL_CHARS),
            media.id,
        )
        for media in page.media
    ]
