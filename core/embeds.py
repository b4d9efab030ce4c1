"""Embed profiles: how a link previews in chats, and which of several profiles says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NewType

if TYPE_CHECKING:
    from datetime import datetime

    from core.model import UserId

ProfileId = NewType("ProfileId", int)

PROFILES_MAX = 25
"""Profiles of one user; those that come together when accounts are linked may be more."""

SITE = "Pixferry"
"""What previews name as the site, where a profile names none."""

UNTITLED = "Picture"
"""The title where there is no other: no profile's, no caption and no file name."""

TEXTS = ("title", "description", "color", "author_name", "author_url", "site_name")
"""Fields of a look that may be unset; an empty text unsets one."""


class Layout(StrEnum):
    """What a link becomes: a card of texts and picture, the picture alone, Discord's components."""

    CARD = "card"
    IMAGE = "image"
    COMPONENT = "component"


class PictureSize(StrEnum):
    """How a card shows the picture."""

    LARGE = "large"
    SMALL = "small"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Button:
    """A link of the component layout. The label may hold placeholders."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Look:
    """How a preview looks. What is None the built-in profile has.

    Texts (`title`, `description`, `author_name`, `site_name`) may hold placeholders; see
    `core.placeholders`. `color` is `#rrggbb`, addresses are http(s).
    """

    title: str | None = None
    description: str | None = None
    color: str | None = None
    author_name: str | None = None
    author_url: str | None = None
    site_name: str | None = None
    layout: Layout = Layout.CARD
    image: PictureSize = PictureSize.LARGE
    spoiler: bool = False
    buttons: tuple[Button, ...] = ()


BUILT_IN = Look()
"""Where nobody chose: the title is the caption or the file's name, the site's the instance's."""


@dataclass(frozen=True, slots=True)
class EmbedProfile:
    """A look that a user has named. `default`: it is that of the team that asks."""

    id: ProfileId
    user_id: UserId
    name: str
    look: Look
    created_at: datetime
    default: bool = False


@dataclass(frozen=True, slots=True)
class Candidates:
    """The looks that were chosen for an image, for its album, its chat and its team."""

    image: Look | None = None
    album: Look | None = None
    chat: Look | None = None
    team: Look | None = None


def choose(found: Candidates) -> Look:
    """The look that applies: the image's own, else its album's, its chat's, its team's.

    >>> choose(Candidates(team=Look(title="team"), album=Look(title="album"))).title
    'album'
    >>> choose(Candidates()) is BUILT_IN
    True
    """
    in_order = (found.image, found.album, found.chat, found.team)
    return next((look for look in in_order if look is not None), BUILT_IN)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What previews need to know of an image beside its row."""

    candidates: Candidates = Candidates()
    album_title: str | None = None
    uploader: str | None = None
    views: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """A look with its placeholders filled in, whole: faces cut it to what each chat takes.

    Its texts are clean: nothing in them turns text around, all but the description are of one line.
    `title` None: the image has neither caption nor name; `site_name` None: the instance's.
    """

    title: str | None
    description: str | None
    color: str | None
    author_name: str | None
    author_url: str | None
    site_name: str | None
    layout: Layout
    image: PictureSize
    spoiler: bool
    buttons: tuple[Button, ...]
