"""Buttons and menus as Discord has them. They work after a restart: their ids say all."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.replies import Button, LinkButton, Menu, Style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.replies import Control

_BUTTON, _MENU, _FORM = "b", "m", "f"
_PARTS = r"\|(?P<action>[a-z-]+)\|(?P<target>.*)"
_KNOWN = re.compile(f"[{_BUTTON}{_MENU}]{_PARTS}")
_STYLES = {
    Style.PLAIN: discord.ButtonStyle.secondary,
    Style.MAIN: discord.ButtonStyle.primary,
    Style.DANGER: discord.ButtonStyle.danger,
}
ROWS = 5
CHOICES = 25
LABEL_CHARS = 80
OPTION_CHARS = 100
PLACEHOLDER_CHARS = 150


class PressedButton(ui.DynamicItem[ui.Button[Any]], template=_BUTTON + _PARTS):
    """A button of `bot.actions`."""

    def __init__(self, item: ui.Button[Any], action: str, target: str) -> None:
        super().__init__(item)
        self.action, self.target = action, target

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> PressedButton:
        assert isinstance(item, ui.Button)
        return cls(item, match["action"], match["target"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Have the action answer."""
        await interaction.client.use(interaction, self.action, self.target, {})


class ChosenMenu(ui.DynamicItem[ui.Select[Any]], template=_MENU + _PARTS):
    """A menu of `bot.actions`."""

    def __init__(self, item: ui.Select[Any], action: str, target: str) -> None:
        super().__init__(item)
        self.action, self.target = action, target

    @classmethod
    async def from_custom_id(
        cls, _: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str]
    ) -> ChosenMenu:
        assert isinstance(item, ui.Select)
        return cls(item, match["action"], match["target"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Have the action answer, given the value."""
        inputs = {"value": self.item.values[0]}
        await interaction.client.use(interaction, self.action, self.target, inputs)


def is_known(interaction: discord.Interaction[Any]) -> bool:
    """Whether a button or menu is of a kind that the library brings here by itself."""
    data: Any = interaction.data
    return _KNOWN.fullmatch(data["custom_id"]) is not None


def view_of(rows: Iterable[Iterable[Control]]) -> ui.View | None:
    """The controls of a reply; None: it has none that Discord can show."""
    view = ui.View(timeout=None)
    for number, row in enumerate(islice(rows, ROWS)):
        for control in row:
            item = _item(control, number)
            if item:
                view.add_item(item)
    return view if view.children else None


def _item(control: Control, row: int) -> ui.Item[Any] | None:
    match control:
        case Button():
            button: ui.Button[Any] = ui.Button(
                label=control.label[:LABEL_CHARS],
                style=_STYLES[control.style],
                custom_id=_written(_BUTTON, control),
                disabled=not control.enabled,
                row=row,
            )
            return PressedButton(button, control.action, control.target)
        case LinkButton():
            return ui.Button(label=control.label[:LABEL_CHARS], url=control.url, row=row)
        case Menu():
            options = [
                discord.SelectOption(
                    label=choice.label[:OPTION_CHARS], value=choice.value, default=choice.chosen
                )
                for choice in control.choices[:CHOICES]
            ]
            menu: ui.Select[Any] = ui.Select(
                placeholder=control.label[:PLACEHOLDER_CHARS],
                custom_id=_written(_MENU, control),
                options=options,
                row=row,
            )
            return ChosenMenu(menu, control.action, control.target)
    return None  # Discord has no button that copies


def _written(kind: str, control: Button | Menu) -> str:
    return f"{kind}|{control.action}|{control.target}"
