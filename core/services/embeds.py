"""Embed profiles: how the links of a user's and their teams' images preview in chats."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from core.chat_limits import DISCORD_AUTHOR_CHARS
from core.embeds import PROFILES_MAX, SITE, TEXTS, UNTITLED, Button, Card, ProfileId, choose
from core.errors import NotFound, Unauthenticated
from core.placeholders import EXPANDED_MAX, expand, values_of, values_of_album
from core.services.components import Exhibit
from core.services.linter import inspect
from core.words import line, lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.albums import Album
    from core.embeds import EmbedProfile, Look, Surroundings
    from core.model import Caller, Media, TeamId, UserId
    from core.ports import Clock
    from core.ports_sharing import Profiles
    from core.services.linter import Finding, Shown

_ALT_CHARS = 1_000
_UNTITLED_ALBUM = "Album"


@dataclass(frozen=True, slots=True)
class Revision:
    """Changes to a profile, checked: None leaves. `look` has the fields to change by name."""

    name: str | None = None
    default: bool | None = None
    look: Mapping[str, Any] = field(default_factory=dict)

    def apply(self, profile: EmbedProfile) -> EmbedProfile:
        """The profile as it shall be."""
        return replace(
            profile,
            name=profile.name if self.name is None else self.name,
            default=profile.default if self.default is None else self.default,
            look=replace(profile.look, **self.look),
        )


def look_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a look as somebody gave them: an empty text is none."""
    return {name: (value or None) if name in TEXTS else value for name, value in given.items()}


class Embeds:
    """What users do with their profiles, and what a link shows by them."""

    def __init__(self, profiles: Profiles, clock: Clock) -> None:
        self._profiles = profiles
        self._clock = clock

    async def add(self, caller: Caller, name: str, look: Look, *, default: bool) -> EmbedProfile:
        """A new profile of the caller's; `default`: for all images of the team without one.

        Raises:
            TooManyProfiles: the user has as many as one may have.
        """
        user_id, team_id = _who(caller)
        return await self._profiles.add(
            user_id,
            team_id,
            name,
            look,
            self._clock.now(),
            default=default,
            most=PROFILES_MAX,
        )

    async def list_all(self, caller: Caller) -> list[EmbedProfile]:
        """The caller's profiles, oldest first; they are few."""
        return await self._profiles.list_of(*_who(caller))

    async def get(self, caller: Caller, profile_id: int) -> EmbedProfile:
        """One of the caller's profiles.

        Raises:
            NotFound: the caller has no such profile.
        """
        return _known(await self._profiles.find(*_who(caller), ProfileId(profile_id)))

    async def change(self, caller: Caller, profile_id: int, revision: Revision) -> EmbedProfile:
        """Change one of the caller's profiles; all links that show it change with it.

        Raises:
            NotFound: the caller has no such profile.
        """
        user_id, team_id = _who(caller)
        return _known(
            await self._profiles.change(user_id, team_id, ProfileId(profile_id), revision.apply)
        )

    async def delete(self, caller: Caller, profile_id: int) -> None:
        """Drop one of the caller's profiles; what showed it shows the next in order.

        Raises:
            NotFound: the caller has no such profile.
        """
        user_id, _ = _who(caller)
        if not await self._profiles.remove(user_id, ProfileId(profile_id)):
            raise NotFound(_NO_PROFILE)

    async def card(self, media: Media) -> Card:
        """What a link to this image previews as."""
        around = await self._profiles.surroundings(media.id)
        return _card(choose(around.candidates), media, around)

    async def preview(
        self, look: Look | None, media: Media, src: str
    ) -> tuple[list[Shown], list[Finding]]:
        """What chats show of a link to this image with that look, None: the one that applies.

        `src` is where its picture is.
        """
        around = await self._profiles.surroundings(media.id)
        chosen = choose(around.candidates) if look is None else look
        card = _card(chosen, media, around)
        card = replace(card, title=card.title or UNTITLED)
        # Chats are given the address of a smaller one, with its hash; this is as long.
        url = f"{src}?size=l&v={media.blob.sha256[:16]}"
        picture = Exhibit(url, alternative(media), spoiler=card.spoiler)
        return inspect(card, chosen, SITE, picture)

    async def card_of_album(self, album: Album) -> Card:
        """What an album's link previews as: its title stands for the caption, too."""
        look = choose(await self._profiles.candidates_of_album(album.id))
        card = _fill(look, values_of_album(album))
        return replace(
            card,
            title=card.title or _line(album.title) or _UNTITLED_ALBUM,
            description=card.description or _lines(album.description),
        )


def alternative(media: Media) -> str:
    """What an image shows, in words: as its uploader said it, else its caption, else its name."""
    said = (media.metadata.get("alt"), media.caption, media.name)
    return next((text for each in said if (text := line(each or "", _ALT_CHARS))), UNTITLED)


def _card(look: Look, media: Media, around: Surroundings) -> Card:
    """Without a title of its own it is the caption, or the file's name."""
    card = _fill(look, values_of(media, around))
    return replace(
        card,
        title=card.title or _line(media.caption) or _line(media.name),
        spoiler=card.spoiler or media.nsfw,
    )


def _fill(look: Look, values: Mapping[str, str]) -> Card:
    buttons = ((_line(expand(button.label, values)), button.url) for button in look.buttons)
    return Card(
        title=_line(expand(look.title, values)),
        description=_lines(expand(look.description, values)),
        color=look.color,
        author_name=_line(expand(look.author_name, values), DISCORD_AUTHOR_CHARS),
        author_url=look.author_url,
        site_name=_line(expand(look.site_name, values)),
        layout=look.layout,
        image=look.image,
        spoiler=look.spoiler,
        buttons=tuple(Button(label, url) for label, url in buttons if label),
    )


def _line(text: str | None, longest: int = EXPANDED_MAX) -> str | None:
    """A text of one line, clean; None if nothing is left of it."""
    return line(text or "", longest) or None


def _lines(text: str | None) -> str | None:
    """A text with its line breaks, each line as clean as a title."""
    whole = lines(text or "").split("\n")
    return "\n".join(line(each, len(each)) for each in whole).strip() or None


_NO_PROFILE = "There is no such embed profile, or it is not yours."


def _who(caller: Caller) -> tuple[UserId, TeamId]:
    if caller.team is None or caller.user_id is None:
        raise Unauthenticated
    return caller.user_id, caller.team.id


def _known(profile: EmbedProfile | None) -> EmbedProfile:
    if profile is None:
        raise NotFound(_NO_PROFILE)
    return profile
