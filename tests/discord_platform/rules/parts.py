"""Rules for the single components that people use: buttons, menus, inputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from discord_platform.rules.form import Spot

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
ENTITY_SELECTS = {5, 6, 7, 8}
SELECTS = {STRING_SELECT, *ENTITY_SELECTS}
FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 19, 21, 22, 23
LINK, PREMIUM = 5, 6
CUSTOM_ID_MAX, LABEL_MAX, URL_MAX = 100, 80, 512
OPTIONS_MAX, OPTION_MAX, PLACEHOLDER_MAX = 25, 100, 150
INPUT_MAX, INPUT_PLACEHOLDER_MAX = 4000, 100
FILES_MAX, GROUP_MAX = 10, 10
EXCLUSIVE = "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE"


@dataclass
class Seen:
    """What must be unique over a whole message or modal."""

    custom_ids: set = field(default_factory=set)
    ids: set = field(default_factory=set)
    count: int = 0

    def meet(self, component: Spot) -> None:
        """Count a component, and check its number."""
        self.count += 1
        number = component["id"].number(0, 2**31 - 1)
        if number:
            if number in self.ids:
                message = "Component id cannot be duplicated"
                component["id"].blame("COMPONENT_ID_DUPLICATED", message)
            self.ids.add(number)

    def check_custom_id(self, custom_id: Spot) -> None:
        text = custom_id.text(1, CUSTOM_ID_MAX, required=True)
        if text is not None:
            if text in self.custom_ids:
                message = "Component custom id cannot be duplicated"
                custom_id.blame("COMPONENT_CUSTOM_ID_DUPLICATED", message)
            self.custom_ids.add(text)


def check_button(button: Spot, seen: Seen) -> None:
    seen.meet(button)
    style = button["style"].one_of(1, 2, 3, 4, LINK, PREMIUM, required=True)
    label = button["label"].text(0, LABEL_MAX)
    _check_emoji(button["emoji"])
    button["disabled"].flag()
    if style == PREMIUM:
        button["sku_id"].need()
        for name in ("custom_id", "label", "url", "emoji"):
            button[name].forbid(f"A premium button cannot have {name}.")
        return
    button["sku_id"].forbid("Only premium buttons have a sku_id.")
    if not label and not button["emoji"].given:
        message = "A button must have a label or emoji."
        button.blame("BUTTON_COMPONENT_LABEL_REQUIRED", message)
    if style == LINK:
        button["url"].url(URL_MAX, "http", "https", "discord", required=True)
        button["custom_id"].forbid("A link button cannot have a custom id", EXCLUSIVE)
    else:
        button["url"].forbid("A custom id and url cannot both be specified", EXCLUSIVE)
        seen.check_custom_id(button["custom_id"])


def check_select(select: Spot, seen: Seen, *, in_modal: bool = False) -> None:
    seen.meet(select)
    seen.check_custom_id(select["custom_id"])
    select["placeholder"].text(0, PLACEHOLDER_MAX)
    _, most = _check_counts(select, OPTIONS_MAX, in_modal=in_modal)
    if in_modal:
        _check_enabled(select)
    if select.value["type"] != STRING_SELECT:
        select["default_values"].items(0, OPTIONS_MAX)
        return
    options = select["options"].items(1, OPTIONS_MAX, required=True)
    if most is not None and most > max(len(options), 1):
        message = f"Must be {len(options)} or less."
        select["max_values"].blame("NUMBER_TYPE_MAX", message)
    chosen = check_options(select["options"], options)
    if chosen > (most or 1):
        message = "More options are set by default than can be chosen."
        select["options"].blame("SELECT_COMPONENT_TOO_MANY_DEFAULTS", message)


def check_options(place: Spot, options: list[Spot]) -> int:
    """Options of a menu or group; gives how many are chosen by default."""
    values, chosen = set(), 0
    for option in options:
        if not option.table(required=True):
            continue
        option["label"].text(1, OPTION_MAX, required=True)
        value = option["value"].text(1, OPTION_MAX, required=True)
        option["description"].text(0, OPTION_MAX)
        _check_emoji(option["emoji"])
        chosen += bool(option["default"].flag())
        if value is not None and value in values:
            message = "The specified option value is already used"
            option["value"].blame("SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
        values.add(value)
    return chosen


def check_text_input(text: Spot, seen: Seen, *, labelled: bool) -> None:
    """`labelled`: it stands in a Label, and has none of its own."""
    seen.meet(text)
    seen.check_custom_id(text["custom_id"])
    text["style"].one_of(1, 2, required=True)
    least = text["min_length"].number(0, INPUT_MAX)
    most = text["max_length"].number(1, INPUT_MAX)
    if least is not None and most is not None and least > most:
        text["min_length"].blame("NUMBER_TYPE_MAX", "min_length is over max_length.")
    value = text["value"].text(0, INPUT_MAX)
    if value and most is not None and len(value) > most:
        text["value"].blame("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
    text["placeholder"].text(0, INPUT_PLACEHOLDER_MAX)
    text["required"].flag()
    if labelled:
        text["label"].forbid("The label stands in the Label.")
    else:
        text["label"].text(1, 45, required=True)


def check_file_upload(upload: Spot, seen: Seen) -> None:
    seen.meet(upload)
    seen.check_custom_id(upload["custom_id"])
    _check_counts(upload, FILES_MAX, in_modal=True)
    for one in upload["file_types"].items(1, FILES_MAX):
        one.text(1, 32, required=True)
    _check_enabled(upload)


def check_group(group: Spot, seen: Seen) -> None:
    """Radio buttons or checkboxes."""
    seen.meet(group)
    seen.check_custom_id(group["custom_id"])
    least = 2 if group.value["type"] == RADIO else 1
    check_options(group["options"], group["options"].items(least, GROUP_MAX, required=True))
    if group.value["type"] == CHECKBOXES:
        _check_counts(group, GROUP_MAX, in_modal=True)


def check_checkbox(box: Spot, seen: Seen) -> None:
    seen.meet(box)
    seen.check_custom_id(box["custom_id"])
    box["default"].flag()


def _check_counts(place: Spot, top: int, *, in_modal: bool) -> tuple[float | None, float | None]:
    least = place["min_values"].number(0, top)
    most = place["max_values"].number(1, top)
    if least is not None and most is not None and least > most:
        place["min_values"].blame("NUMBER_TYPE_MAX", "min_values is over max_values.")
    required = not place["required"].given or place["required"].flag()
    if in_modal and required and least == 0:
        message = "min_values must be at least 1 where an answer is required."
        place["min_values"].blame("NUMBER_TYPE_MIN", message)
    return least, most


def _check_enabled(place: Spot) -> None:
    if place["disabled"].given and place["disabled"].flag():
        place["disabled"].blame(
            "MODAL_COMPONENT_DISABLED", "Modals cannot have disabled components."
        )


def _check_emoji(emoji: Spot) -> None:
    if emoji.table():
        name = emoji["name"].text(1, 32)
        if not emoji["id"].given and name is not None and name.isascii():
            emoji["name"].blame("BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")
