"""Lists in pages: buttons to newer and older entries, which work after a restart, too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.replies import Button
from core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.turn import Turn

_CURSORS = "cursors"


@dataclass(frozen=True, slots=True)
class Opened:
    """A page that a button leads to: what the list is of, and where the page begins."""

    kind: str
    kept_id: str
    number: int
    state: Mapping[str, Any]

    @property
    def cursor(self) -> str | None:
        cursor: str | None = self.state[_CURSORS][self.number]
        return cursor


async def begin(
    turn: Turn, kind: str, state: Mapping[str, Any], action: str, next_cursor: str | None
) -> tuple[Button, ...]:
    """The buttons of a list's first page; none where it is the only one.

    `kind` and `action` say whose list it is; `state` is what is needed to read its pages.
    """
    if next_cursor is None:
        return ()
    kept = await turn.core.conversations.begin(
        turn.caller, kind, {**state, _CURSORS: [None, next_cursor]}
    )
    return _buttons(turn, action, kept.id, 0, last=False)


async def open_page(turn: Turn, kind: str, target: str) -> Opened:
    """The page that a button names, of a list of that kind.

    Raises:
        Forbidden: the list is somebody else's.
        NotFound: its buttons are too old.
    """
    kept_id, _, number = target.partition(":")
    kept = await turn.core.conversations.find(turn.caller, kind, kept_id)
    if not number.isdecimal() or int(number) >= len(kept.state[_CURSORS]):
        raise NotFound
    return Opened(kind, kept_id, int(number), kept.state)


async def go_on(
    turn: Turn, opened: Opened, action: str, next_cursor: str | None
) -> tuple[Button, ...]:
    """The buttons of a further page; pressed twice, they lead to the same one."""
    after = opened.number + 1
    if next_cursor is not None and after == len(opened.state[_CURSORS]):

        def grow(state: Mapping[str, Any]) -> Mapping[str, Any]:
            known: list[str | None] = state[_CURSORS]
            return state if len(known) > after else {**state, _CURSORS: [*known, next_cursor]}

        await turn.core.conversations.change(turn.caller, opened.kind, opened.kept_id, grow)
    return _buttons(turn, action, opened.kept_id, opened.number, last=next_cursor is None)


def _buttons(
    turn: Turn, action: str, kept_id: str, number: int, *, last: bool
) -> tuple[Button, Button]:
    newer = f"{kept_id}:{max(number - 1, 0)}"
    older = f"{kept_id}:{number + 1}"
    return (
        Button(turn.text("images.newer"), action, newer, enabled=number > 0),
        Button(turn.text("images.older"), action, older, enabled=not last),
    )
