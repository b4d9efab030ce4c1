"""What is offered to who says something without asking for anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot import finding
from bot.handlers.uploads import upload_files
from bot.replies import Button, Reply, Style
from bot.texts import Address, joined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.turn import Turn

KIND = "offer"


async def offer(turn: Turn, urls: Sequence[str]) -> Reply:
    """Offer to host what is at those addresses; without any, say what the bot is for."""
    urls = urls[: finding.MOST]
    if not urls:
        return Reply(turn.say("offer.nothing"))
    state = {"urls": list(urls), "origin": turn.ask.origin}
    kept = await turn.core.conversations.begin(turn.caller, KIND, state)
    button = Button(turn.text("offer.yes"), "import", kept.id, Style.MAIN)
    told = joined([turn.say("offer.import"), *((Address(url),) for url in urls)])
    return Reply(told, (), ((button,),))


async def accept(turn: Turn, target: str) -> Reply:
    """Host them; pressed twice, it hosts them once."""
    kept = await turn.core.conversations.find(turn.caller, KIND, target)
    asked = replace(turn, ask=replace(turn.ask, origin=kept.state["origin"]))
    return await upload_files(asked, kept.state["urls"], {})
