"""Rules for modals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_platform.rules.form import checking
from discord_platform.rules.parts import (
    CHECKBOX,
    CHECKBOXES,
    FILE_UPLOAD,
    RADIO,
    ROW,
    SELECTS,
    TEXT_INPUT,
    Seen,
    check_checkbox,
    check_file_upload,
    check_group,
    check_select,
    check_text_input,
)

if TYPE_CHECKING:
    from discord_platform.rules.form import Spot

TEXT, LABEL = 10, 18
TITLE_MAX, CUSTOM_ID_MAX, PARTS_MAX = 45, 100, 5
LABEL_MAX, DESCRIPTION_MAX, TEXT_MAX = 45, 100, 4000
IN_LABEL = (TEXT_INPUT, *sorted(SELECTS), FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX)


@checking
def check_modal(data: Spot) -> None:
    data["title"].text(1, TITLE_MAX, required=True)
    data["custom_id"].text(1, CUSTOM_ID_MAX, required=True)
    seen = Seen()
    for part in data["components"].items(1, PARTS_MAX, required=True):
        if part.table(required=True):
            seen.meet(part)
            _check_part(part, seen)


def _check_part(part: Spot, seen: Seen) -> None:
    kind = part["type"].one_of(ROW, TEXT, LABEL, required=True)
    if kind == TEXT:
        part["content"].text(1, TEXT_MAX, required=True)
    elif kind == ROW:
        for one in part["components"].items(1, 1, required=True):
            if one["type"].one_of(TEXT_INPUT, required=True):
                check_text_input(one, seen, labelled=False)
    elif kind == LABEL:
        part["label"].text(1, LABEL_MAX, required=True)
        part["description"].text(0, DESCRIPTION_MAX)
        if part["component"].table(required=True):
            _check_labelled(part["component"], seen)


def _check_labelled(one: Spot, seen: Seen) -> None:
    kind = one["type"].one_of(*IN_LABEL, required=True)
    if kind == TEXT_INPUT:
        check_text_input(one, seen, labelled=True)
    elif kind in SELECTS:
        check_select(one, seen, in_modal=True)
    elif kind == FILE_UPLOAD:
        check_file_upload(one, seen)
    elif kind in {RADIO, CHECKBOXES}:
        check_group(one, seen)
    elif kind == CHECKBOX:
        check_checkbox(one, seen)
