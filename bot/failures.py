"""What people are told when something goes wrong: what happened, and what to do next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.replies import LinkButton, Reply
from bot.texts import Code, Words, joined
from core.errors import (
    CoreError,
    FileTooLarge,
    InvalidInput,
    QuotaExceeded,
    RateLimited,
    TooLargeForBots,
    Unavailable,
)

if TYPE_CHECKING:
    from bot.languages import Language
    from bot.replies import Control
    from bot.turn import Turn
    from core.model import Team
    from core.urls import Urls

_SPEAKING = frozenset({"file", "url", "image", "album", "embed", "profile", "key", "command"})
"""Options whose sentences say what they are of."""

_OPTIONS = {"album_id": "album", "embed_profile_id": "embed", "public": "private"}
"""What the core's fields are called here."""

_TO_TYPE = re.compile(r"`([^`\n]+)`")

SECONDS = 10
"""After which it is worth trying again, where nobody knows."""


def failure(err: CoreError, language: Language, urls: Urls, team: Team | None) -> Reply:
    """The reply to what the core refuses."""
    told = joined([said(err, language), _next(err, language)])
    return Reply(told, (), _leads(err, language, urls, team), quiet=True, failed=True)


def fault(request_id: str, language: Language) -> Reply:
    """The reply to a fault of ours, which the log tells of under that id."""
    return Reply(language.say("failure.fault", id=Code(request_id)), quiet=True, failed=True)


def said(err: CoreError, language: Language) -> Words:
    """What happened."""
    if not isinstance(err, InvalidInput) or not err.errors:
        return _marked(language.told(err.public))
    lines: list[Words] = []
    for field, sentences in err.errors.items():
        name = _OPTIONS.get(field, field)
        told = " ".join(map(language.told, sentences))
        alone = len(err.errors) == 1 and (name in _SPEAKING or f"'{name}'" in told)
        known = language.option(name)
        lines.append(_marked(told if alone or told.startswith(name) else f"{known}: {told}"))
    return joined(lines)


def _marked(sentence: str) -> Words:
    """What stands between backticks is to be typed as it is."""
    parts = _TO_TYPE.split(sentence)
    return tuple(Code(part) if at % 2 else part for at, part in enumerate(parts) if part)


def leads(err: CoreError, turn: Turn) -> tuple[tuple[Control, ...], ...]:
    """The way to larger plans, or to the web, where one would help."""
    return _leads(err, turn.ask.language, turn.core.urls, turn.caller.team)


def _leads(
    err: CoreError, language: Language, urls: Urls, team: Team | None
) -> tuple[tuple[Control, ...], ...]:
    if isinstance(err, TooLargeForBots):
        web = LinkButton(language.text("button.web"), urls.home())
        return ((web,),) if urls.reachable else ()
    if isinstance(err, QuotaExceeded | FileTooLarge) and team and urls.reachable:
        url = urls.upgrade(err.data.get("team_id", team.id))
        return ((LinkButton(language.text("button.plans"), url),),)
    return ()


def _next(err: CoreError, language: Language) -> Words:
    """What to do: by the error's class, or the nearest ancestor that has such a text."""
    for kind in type(err).__mro__:
        key = f"failure.{kind.__name__}"
        if language.known(key) is not None:
            seconds = err.data.get("seconds")
            known = isinstance(err, RateLimited | Unavailable) and seconds
            return language.say(key, seconds=int(seconds) if known and seconds else SECONDS)
    return ()
