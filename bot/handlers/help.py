"""What there is, told from the table of commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.replies import Reply
from bot.texts import Bold, joined

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.options import Values
    from bot.turn import Turn


async def help_(turn: Turn, _: Values, names: Iterable[str]) -> Reply:
    """A line for each command."""
    lines = [
        turn.say("help.line", command=Bold(f"/{name}"), doc=turn.text(f"commands.{name}.doc"))
        for name in names
    ]
    return Reply(joined([turn.say("help.head"), *lines]), private=True)
