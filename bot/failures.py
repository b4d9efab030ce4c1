"""What people are told when something goes wrong: what happened, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.replies import LinkButton, Reply
from bot.texts import Code, Words, joined
from core.errors import (
    CoreError,
    FileTooLarge,
    InvalidInput,
    OperationFailed,
    QuotaExceeded,
    RateLimited,
    Unavailable,
)

if TYPE_CHECKING:
    from bot.languages import Language
    from bot.replies import Control
    from core.model import Team
    from core.urls import Urls


def failure(err: CoreError, language: Language, urls: Urls, team: Team | None) -> Reply:
    """The reply to what the core refuses."""
    controls: tuple[tuple[Control, ...], ...] = ()
    if isinstance(err, QuotaExceeded | FileTooLarge) and team and urls.reachable:
        controls = ((LinkButton(language.text("button.plans"), urls.upgrade(team.id)),),)
    return Reply(
        joined([_said(err), _next(err, language)]), (), controls, private=True, failed=True
    )


def fault(request_id: str, language: Language) -> Reply:
    """The reply to a fault of ours, which the log tells of under that id."""
    return Reply(language.say("failure.fault", id=Code(request_id)), private=True, failed=True)


def _said(err: CoreError) -> Words:
    if not isinstance(err, InvalidInput) or not err.errors:
        return (err.public,)
    lines: list[Words] = []
    for name, sentences in err.errors.items():
        told = " ".join(sentences)
        lines.append((told,) if told.startswith(name) else (f"{name}: {told}",))
    return joined(lines)


def _next(err: CoreError, language: Language) -> Words:
    """What to do: by the error's class, or the nearest ancestor that has such a text."""
    for kind in type(err).__mro__:
        key = f"failure.{kind.__name__}"
        if language.known(key) is not None:
            seconds = err.data.get("seconds")
            known = isinstance(err, RateLimited | Unavailable) and seconds
            return language.say(key, seconds=int(seconds) if known and seconds else 10)
    return ()


def is_fault(err: CoreError) -> bool:
    """Whether it is a fault of ours, to be logged with its trace."""
    return isinstance(err, OperationFailed) or type(err) is CoreError
