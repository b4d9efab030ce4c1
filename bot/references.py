"""What somebody means by `image`: a link with its transforms, an id, a message, or nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from bot import finding
from core.errors import CoreError, InvalidInput
from core.ids import MEDIA_ID

if TYPE_CHECKING:
    from bot.turn import Turn
    from core.model import Caller
    from core.services.signed_links import Shown
    from core.urls import Urls


@dataclass(frozen=True, slots=True)
class Meant:
    """An image as its link shows it, and by whose right it is seen."""

    shown: Shown
    caller: Caller


async def meant(turn: Turn, given: str | None) -> Meant:
    """The image that is meant: as given, else of the message pointed at, else the last one here.

    Raises:
        InvalidInput: it is neither a link of ours nor an id.
        NotFound: there is no such image, or none at all yet.
        Gone: there was.
        Forbidden: the link was changed, or asks for what only signed ones may.
    """
    message = turn.ask.message
    if not given and message:
        given = finding.own_link(message, turn.core.urls)
    if not given:
        given = await turn.core.chats.last(turn.caller, turn.ask.place.ref)
    parts = _read(given, turn.core.urls)
    if parts is None:
        link = f"{turn.core.urls.public}/AbCdEfGhJk"
        raise InvalidInput.on("image", turn.text("image.unreadable", link=link))
    media_id, extension, query = parts
    caller = await turn.core.chats.onlooker(turn.caller, turn.ask.place, media_id)
    return Meant(await turn.core.links.follow(media_id, query, caller, extension), caller)


async def as_shown(turn: Turn, media_id: str) -> Meant:
    """The image that a button names, as the link in the button's message shows it."""
    message = turn.ask.message
    link = message and finding.own_link(message, turn.core.urls)
    if link:
        with suppress(CoreError):
            found = await meant(turn, link)
            if found.shown.media.id == media_id:
                return found
    return await meant(turn, media_id)


def is_meant(given: str, urls: Urls) -> bool:
    """Whether a text is a link of ours or an id, by its look."""
    return _read(given, urls) is not None


def _read(given: str, urls: Urls) -> tuple[str, str | None, list[tuple[str, str]]] | None:
    """Id, extension and query of a link or an id; None: it is neither."""
    text = given.strip().strip("<>")
    bases = {base.partition("://")[2] for base in (urls.public, urls.media)}
    if MEDIA_ID.fullmatch(text):
        return text, None, []
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:  # a bracket of no IPv6 address, say
        return None
    stem, _, extension = parts.path.strip("/").partition(".")
    if parts.netloc not in bases or not MEDIA_ID.fullmatch(stem):
        return None
    return stem, extension or None, parse_qsl(parts.query, keep_blank_values=True)
