"""Forms as Discord's modals, known by their ids when they are sent in, after a restart, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord
from discord import ui

from bot.discord.reading import file_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.replies import Field, Form

FIELDS = 5
TITLE_CHARS = 45
LABEL_CHARS = 45
HINT_CHARS = 100
FIELD_CHARS = 4_000
_ID = re.compile(r"f\|(?P<action>[a-z-]+)\|(?P<target>.*)")


def modal_of(form: Form) -> ui.Modal:
    """The modal that asks for a form's fields."""
    modal = ui.Modal(
        title=form.title[:TITLE_CHARS],
        custom_id=f"f|{form.action}|{form.target}",
        timeout=None,
    )
    for field in form.fields[:FIELDS]:
        modal.add_item(ui.Label(text=field.label[:LABEL_CHARS], component=_component(field)))
    modal.stop()  # the library need not remember it: see `read_form`
    return modal


def read_form(interaction: discord.Interaction[Any]) -> tuple[str, str, dict[str, Any]] | None:
    """Action, target and inputs of a modal that was sent in; None: it is none of ours."""
    data: Any = interaction.data
    known = _ID.fullmatch(data["custom_id"])
    if known is None:
        return None
    attachments = data.get("resolved", {}).get("attachments", {})
    inputs: dict[str, Any] = {}
    for component in _components(data["components"]):
        name, value = component["custom_id"], component.get("value")
        if "values" in component:
            found = [attachments[each] for each in component["values"] if each in attachments]
            inputs[name] = [
                file_of(discord.Attachment(data=each, state=interaction._state))  # noqa: SLF001
                for each in found
            ]
        elif value:
            inputs[name] = value
    return known["action"], known["target"], inputs


def _component(field: Field) -> ui.Item[Any]:
    if field.files:
        return ui.FileUpload(
            custom_id=field.name,
            required=field.required,
            min_values=1 if field.required else 0,
            max_values=field.files,
        )
    style = discord.TextStyle.long if field.lines else discord.TextStyle.short
    return ui.TextInput(
        custom_id=field.name,
        style=style,
        default=field.value[: min(field.most, FIELD_CHARS)] or None,
        placeholder=field.hint[:HINT_CHARS] or None,
        required=field.required,
        max_length=min(field.most, FIELD_CHARS),
    )


def _components(rows: list[Any]) -> Iterator[Any]:
    for row in rows:
        if "component" in row:
            yield row["component"]
        yield from row.get("components", ())
