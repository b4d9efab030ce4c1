"""What a platform tells us: who asks, where, and with which pictures. Nothing of ours in it yet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.services.chats import Right, never

if TYPE_CHECKING:
    from bot.languages import Language
    from core.chats import Identity
    from core.services.chats import Place

Locate = Callable[[], Awaitable[str]]

Inputs = Mapping[str, Any]
"""What a menu (`value`) or a form gives."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that a platform keeps; `locate` gives its address there, which is good for a while.

    `key` names it among all. `size`: bytes, as declared. `source` is the public address of which
    it is the platform's own copy, as embeds show such. `origin` names the message that carries it,
    where that is not the one that is asked by; see `Ask.origin`. `reduced`: the platform has made
    the picture smaller than what was sent.
    """

    key: str
    name: str | None
    size: int | None
    locate: Locate
    source: str | None = None
    origin: str | None = None
    reduced: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """A message with all that it shows, those that were forwarded in it included.

    `links` are the addresses of pictures that it shows without carrying them: embeds and
    components of Discord; `text` may hold more. `own`: the bot itself wrote it.
    """

    id: str
    text: str = ""
    files: tuple[File, ...] = ()
    links: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing that somebody asks for, by a command, a button or a message.

    Args:
        identity: who.
        place: where.
        origin: names this request; delivered twice, it has the same name.
        language: what they read.
        message: what they point at: the message that they reply to or chose, or their own; of a
            button or menu the one that it is on.
        administers: whether they may change the chat's settings.
        owner: of a control, whose it is, where its message says so; theirs alone is to use it.
        chat_name: what the chat is called.
        hears: whether the bot sees messages there that are not for it, so that a channel can be
            one where every picture is hosted.
        typed: commands are typed there with all their options, as words.

    """

    identity: Identity
    place: Place
    origin: str
    language: Language
    message: Message | None = None
    administers: Right = never
    owner: Identity | None = None
    chat_name: str = field(default="", repr=False)
    hears: Right = never
    typed: bool = False
