"""What a person fills into a modal, held against what its fields take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_platform.options import NotOffered, as_file
from discord_platform.resolved import refer_to, refer_to_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from discord_platform.cdn import File
    from discord_platform.interactions import Modal

TEXT_INPUT, FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 4, 19, 21, 22, 23


def filled_in(
    modal: Modal, values: dict, keep: Callable[[File], dict]
) -> tuple[list[dict], dict[str, dict]]:
    """Rows as the interaction carries them, and what they refer to.

    `values` are by label or custom id; what is not named keeps what the field begins with.
    """
    left, resolved, rows = dict(values), {}, []
    guild = modal.interaction.channel.guild
    names = {id(field): label for label, field in modal.fields.items()}

    def answered(field: dict) -> dict:
        label, own = names[id(field)], field["custom_id"]
        given = left.pop(label, left.pop(own, None))
        answer = {"type": field["type"], "id": field["id"], "custom_id": own}
        return answer | _answer(field, label, given, keep, resolved, guild)

    for row in modal.data["components"]:
        shown = {"type": row["type"], "id": row["id"]}
        if "component" in row:
            rows.append(shown | {"component": answered(row["component"])})
        elif "components" in row:
            rows.append(shown | {"components": [answered(one) for one in row["components"]]})
        else:
            rows.append(shown)
    if left:
        raise NotOffered(f"the modal has no {list(left)}, but {list(modal.fields)}")
    return rows, resolved


def _answer(field: dict, label: str, given, keep, resolved: dict, guild) -> dict:
    kind = field["type"]
    required = field.get("required", True)
    if kind == TEXT_INPUT:
        text = field.get("value") or "" if given is None else str(given)
        least = field.get("min_length", 1 if required else 0)
        if len(text) > field.get("max_length", 4000) or (len(text) < least and (text or required)):
            raise NotOffered(f"{label!r} does not take {len(text)} characters")
        return {"value": text}
    if kind == CHECKBOX:
        return {"value": bool(field.get("default") if given is None else given)}
    several = [] if given is None else given if isinstance(given, list) else [given]
    if kind == FILE_UPLOAD:
        chosen = [refer_to_file(resolved, keep(as_file(one))) for one in several]
    elif "options" in field:
        chosen = _chosen(field, label, several)
    else:
        chosen = [refer_to(resolved, one, guild) for one in several]
    most = len(field["options"]) if kind == CHECKBOXES else 1
    fits = field.get("min_values", 1) <= len(chosen) <= field.get("max_values", most)
    if (chosen or required) and not fits:
        raise NotOffered(f"{label!r} does not take {len(chosen)}")
    if kind == RADIO:
        return {"value": chosen[0] if chosen else None}
    return {"values": chosen}


def _chosen(field: dict, label: str, given: list) -> list[str]:
    options = field["options"]
    if not given:
        return [one["value"] for one in options if one.get("default")]
    by_name = {name: one["value"] for one in options for name in (one["value"], one["label"])}
    if not set(given) <= set(by_name):
        raise NotOffered(f"{label!r} offers {list(by_name)}")
    return [by_name[name] for name in given]
