"""Several pictures of one answer as one album, at the press of a button."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cards import display
from bot.references import Meant
from bot.replies import Button, CopyButton, LinkButton, Reply, Style
from bot.texts import Address, joined
from core import words
from core.albums import TITLE_MAX
from core.errors import NotFound
from core.services.access import owns
from core.services.albums import AlbumChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.hosting import Hosted
    from bot.replies import Control
    from bot.turn import Turn
    from core.albums import Album
    from core.chats import Conversation
    from core.model import Caller

KIND = "bundle"
LEAST = 2


async def bundle_button(turn: Turn, hosted: Hosted) -> Button | None:
    """The button that makes an album of an answer's pictures; None: it would be no use.

    Others see an album's public images alone, so private ones are left out.
    """
    mine = [
        meant.shown.media
        for meant in hosted.meant
        if meant.shown.media.public and owns(meant.caller, meant.shown.media)
    ]
    if hosted.album or len(mine) < LEAST or len({media.team_id for media in mine}) > 1:
        return None
    state = {"media": [media.id for media in mine]}
    kept = await turn.core.conversations.begin(turn.caller, KIND, state)
    return Button(turn.text("button.bundle"), "bundle", kept.id, Style.MAIN)


async def bundle(turn: Turn, target: str) -> Reply:
    """Put the pictures of an answer into an album of their own, and show its link.

    Pressed again, it is the same album.

    Raises:
        Forbidden: the answer was for somebody else.
        NotFound: the buttons are too old, or all of its images are gone.
    """
    core = turn.core
    kept = await core.conversations.find(turn.caller, KIND, target)
    found = await _images(turn, kept)
    caller = found[0].caller
    album = await _album(turn, kept, caller, found)
    for each in found:
        await core.albums.put_in(caller, album.id, each.shown.media.id)
    link = core.urls.album(album)
    shown = [await display(turn, each) for each in found]
    lines = [(Address(each.page),) for each in shown]
    leads: tuple[Control, ...] = (CopyButton(turn.text("button.copy"), link),)
    if core.urls.reachable:
        leads = (LinkButton(turn.text("button.open_album"), link), *leads)
    return Reply(
        joined([turn.say("album.link", link=Address(link)), *lines]), tuple(shown), (leads,)
    )


async def _images(turn: Turn, kept: Conversation) -> list[Meant]:
    """The images that there still are for all eyes, each by the right to change it."""
    found: list[Meant] = []
    gone: NotFound = NotFound()
    for media_id in kept.state["media"]:
        try:
            right, media = await turn.core.chats.toucher(turn.caller, turn.ask.place, media_id)
        except NotFound as err:
            gone = err
            continue
        if media.public:
            found.append(Meant(await turn.core.links.follow(media_id, (), right), right))
    if not found:
        raise gone
    return found


async def _album(turn: Turn, kept: Conversation, caller: Caller, found: list[Meant]) -> Album:
    """The album that these images have; of many presses at once all get the same."""
    core, before = turn.core, kept.state.get("album")
    known = await core.albums.named(caller, before) if before else None
    if known:
        return known
    made = await core.albums.add(caller, AlbumChange(title=_title(turn, found)))

    def take(state: Mapping[str, Any]) -> Mapping[str, Any]:
        return state if state.get("album") != before else {**state, "album": made.id}

    now = await core.conversations.change(turn.caller, KIND, kept.id, take)
    if now.state["album"] == made.id:
        return made
    await core.albums.delete(caller, made.id)
    return await core.albums.find(now.state["album"], caller)


def _title(turn: Turn, found: list[Meant]) -> str:
    """The caption that they share, else how many they are."""
    captions = {each.shown.media.caption for each in found}
    shared = captions.pop() if len(captions) == 1 else None
    return words.line(shared or "", TITLE_MAX) or turn.text("album.made", count=len(found))
