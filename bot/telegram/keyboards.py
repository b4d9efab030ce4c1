"""Buttons and menus as Telegram's inline keyboards. They work after a restart: they say all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.replies import Button, CopyButton, LinkButton, Menu

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from bot.languages import Language
    from bot.replies import Control

DATA_BYTES = 64
COPY_CHARS = 256
URL_CHARS = 2_048
BUTTONS = 100
ROW_CHARS = 39
"""As many as a phone's row has room for. Its buttons are equally wide, whatever their labels."""

ROW_BUTTONS = 4
LABEL_CHARS = 60
_MENU = "="
_BETWEEN = "|"


@dataclass(frozen=True, slots=True)
class Tapped:
    """What a button wants: an action with its target, and a menu's value.

    `opens`: the menu of that number is to be opened, of the reply that the action gives.
    """

    action: str
    target: str
    value: str | None = None
    opens: int | None = None


def read_tapped(data: str) -> Tapped:
    """What a button's data says; of what is none of ours, an action that there is not."""
    head, *rest = data.split(_BETWEEN)
    if head.startswith(_MENU) and head[1:].isdecimal() and len(rest) > 1:
        return Tapped(rest[0], rest[1], opens=int(head[1:]))
    if len(rest) == 1:
        return Tapped(head, rest[0])
    if len(rest) > 1:
        return Tapped(head, rest[0], _BETWEEN.join(rest[1:]))
    return Tapped("", "")


def keyboard(
    rows: Iterable[Iterable[Control]], language: Language, opened: int | None = None
) -> InlineKeyboardMarkup | None:
    """The controls of a reply; None: it has none that Telegram can show.

    `opened`: instead of all the choices of the menu of that number.
    """
    controls = [[control for control in row if _is_shown(control)] for row in rows]
    menus = [each for row in controls for each in row if isinstance(each, Menu)]
    if opened is not None and opened < len(menus) and (menu := menus[opened]).whole:
        buttons = [
            *_rows(list(_choices(menu))),
            [_button(language.text("button.back"), *menu.whole)],
        ]
        return InlineKeyboardMarkup(buttons)
    found: list[list[InlineKeyboardButton]] = []
    openers: list[InlineKeyboardButton] = []
    for row in controls:
        shown: list[InlineKeyboardButton] = []
        for control in row:
            if isinstance(control, Menu) and control.whole:
                openers.append(_opener(control, menus.index(control)))
            elif isinstance(control, Menu):
                shown += _choices(control)
            else:
                shown.append(_single(control))
        if shown:
            found += _rows(openers) + _rows(shown)
            openers = []
    found += _rows(openers)
    return InlineKeyboardMarkup(found) if found else None


def _is_shown(control: Control) -> bool:
    match control:
        case Button():
            return control.enabled
        case CopyButton():
            return len(control.text) <= COPY_CHARS
        case LinkButton():
            return len(control.url) <= URL_CHARS
    return True


def _rows(buttons: Sequence[InlineKeyboardButton]) -> list[list[InlineKeyboardButton]]:
    """Buttons in as few rows as have room for them, which are as even as can be."""
    widths = [len(each.text) for each in buttons]
    best: list[tuple[int, int, int, tuple[int, ...]]] = [(0, 0, 0, ())]
    for end in range(1, len(buttons) + 1):
        found = []
        for begin in range(max(0, end - ROW_BUTTONS), end):
            width = max(widths[begin:end]) * (end - begin)
            if width <= ROW_CHARS or end - begin == 1:
                rows, widest, uneven, ends = best[begin]
                uneven += (end - begin) ** 2
                found.append((rows + 1, max(widest, width), uneven, (*ends, -end)))
        best.append(min(found))
    cuts = [0, *(-end for end in best[-1][3])]
    return [list(buttons[begin:end]) for begin, end in pairwise(cuts)]


def _single(control: Control) -> InlineKeyboardButton:
    match control:
        case LinkButton():
            return InlineKeyboardButton(control.label, url=control.url)
        case CopyButton():
            return InlineKeyboardButton(control.label, copy_text=CopyTextButton(control.text))
    assert isinstance(control, Button)
    return _button(control.label, control.action, control.target)


def _choices(menu: Menu) -> Iterator[InlineKeyboardButton]:
    for choice in menu.choices[:BUTTONS]:
        label = f"✓ {choice.label}" if choice.chosen else choice.label
        yield _button(label, menu.action, menu.target, choice.value)


def _opener(menu: Menu, number: int) -> InlineKeyboardButton:
    assert menu.whole
    return _button(f"{menu.label} ▾", f"{_MENU}{number}", *menu.whole)


def _button(label: str, *parts: str) -> InlineKeyboardButton:
    data = _BETWEEN.join(parts)
    assert len(data.encode()) <= DATA_BYTES, data
    return InlineKeyboardButton(label[:LABEL_CHARS], callback_data=data)
