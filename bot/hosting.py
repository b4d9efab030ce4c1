"""Hosting several pictures at once: what becomes of each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot import belongings, finding
from bot.asking import File
from bot.references import Meant, meant
from core.chats import ChatSettings
from core.errors import CoreError, InvalidInput
from core.services.intake import Attachment
from core.services.uploads import Wishes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.finding import Source
    from bot.options import Values
    from bot.turn import Turn
    from core.albums import Album
    from core.model import Caller, Media

_WISHES = frozenset({"caption", "ttl", "private", "album", "embed"})
"""Options that say something of new images."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a picture has no link; `name` says which it is, as people know it."""

    name: str
    error: CoreError


@dataclass(frozen=True, slots=True)
class Hosted:
    """What became of several pictures; `album`: where they were put.

    `known`: all of them were here already, so that options changed nothing.
    """

    meant: tuple[Meant, ...]
    refused: tuple[Refusal, ...] = ()
    album: Album | None = None
    known: bool = False


async def host(turn: Turn, sources: Sequence[Source], options: Values) -> Hosted:
    """Host files and addresses, one after the other, or give the links that they have.

    What is ours already, or was hosted at an earlier delivery of the same, is given again.

    Raises:
        Forbidden: uploads are not allowed in this channel.
        InvalidInput: an album or profile that there is not; or why each was refused, if all were.
        CoreError: the one reason why all were refused.
    """
    urls = turn.core.urls
    if all(finding.is_own(finding.address(source), urls) for source in sources):
        found = await _Host(turn, turn.caller, Wishes(), None).take(sources)
        return replace(found, known=bool(options.keys() & _WISHES))
    caller, agreed = await turn.core.chats.uploader(turn.caller, turn.ask.place)
    wishes, filled = await _wishes(turn, caller, options, agreed or ChatSettings())
    album = filled.album if filled else None
    anew = _is_anew(turn, sources, options)
    try:
        return await _Host(turn, caller, wishes, album, anew).take(sources)
    except CoreError:
        if filled and filled.made:
            await turn.core.albums.delete(caller, filled.album.id)
        raise


@dataclass(frozen=True, slots=True)
class _Host:
    turn: Turn
    caller: Caller
    wishes: Wishes
    album: Album | None
    anew: bool = False

    async def take(self, sources: Sequence[Source]) -> Hosted:
        found: dict[str, Meant] = {}
        refused: list[Refusal] = []
        for number, source in enumerate(sources, start=1):
            try:
                one = await self._one(source, number)
            except CoreError as err:
                if self.caller.team:
                    err.data.setdefault("team_id", self.caller.team.id)  # whose plan it is of
                refused.append(Refusal(_name(source, number), err))
            else:
                found.setdefault(one.shown.media.id, one)
        if not found:
            raise _all_refused(refused)
        return Hosted(tuple(found.values()), tuple(refused), self.album)

    async def _one(self, source: Source, number: int) -> Meant:
        core, place = self.turn.core, self.turn.ask.place
        known = finding.address(source)
        if known and finding.is_own(known, core.urls):
            return await meant(self.turn, known)
        named = replace(self.wishes, external_id=self._external_id(source, number))
        media = await self._take_in(source, named)
        await core.chats.note(self.caller, place, media)
        return Meant(await core.links.follow(media.id, (), self.caller), self.caller)

    def _external_id(self, source: Source, number: int) -> str:
        """Names a picture by the message that carries it, so that it is hosted once.

        What is hosted anew is named by the message that asks for it.
        """
        if isinstance(source, File) and source.origin and not self.anew:
            return f"{source.origin}:1"
        return f"{self.turn.ask.origin}:{number}"

    async def _take_in(self, source: Source, wishes: Wishes) -> Media:
        if isinstance(source, str):
            return await self.turn.core.intake.address(self.caller, source, wishes)
        file = Attachment(await source.locate(), source.name, source.size)
        return await self.turn.core.intake.attachment(self.caller, file, wishes)


async def _wishes(
    turn: Turn, caller: Caller, options: Values, agreed: ChatSettings
) -> tuple[Wishes, belongings.Filled | None]:
    """What the options say, else what the chat has agreed on."""
    private: bool | None = options.get("private")
    embed: str | None = options.get("embed")
    profile = await belongings.profile(turn, embed) if embed else None
    title: str | None = options.get("album")
    filled = await belongings.album_to_fill(turn, caller, title) if title else None
    asked: dict[str, Any] = {"caption": options.get("caption")}
    wishes = Wishes(
        ttl=options.get("ttl", agreed.ttl),
        public=agreed.public if private is None else not private,
        album_id=filled.album.id if filled else None,
        embed_profile_id=profile.id if profile else None,
        **asked,
    )
    return wishes, filled


def _is_anew(turn: Turn, sources: Sequence[Source], options: Values) -> bool:
    """Whether pictures of another message are hosted again, although they may have a link.

    That one may be public or without an end, where the options say that this one is not to be.
    """
    origin = turn.ask.origin
    own = any(isinstance(each, File) and each.origin == origin for each in sources)
    return not own and bool(options.keys() & _WISHES)


def _name(source: Source, number: int) -> str:
    return (source if isinstance(source, str) else source.name) or str(number)


def _all_refused(refused: list[Refusal]) -> CoreError:
    first = refused[0].error
    if len({each.error.public for each in refused}) == 1:
        return first
    return InvalidInput(errors={each.name: [each.error.public] for each in refused})
