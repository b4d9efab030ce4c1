"""Rules for what completes an option as it is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord_platform.rules.form import checking

if TYPE_CHECKING:
    from discord_platform.rules.form import Spot

CHOICES_MAX = 25


@checking
def check_choices(data: Spot) -> None:
    for choice in data["choices"].items(0, CHOICES_MAX, required=True):
        if choice.table(required=True):
            choice["name"].text(1, 100, required=True)
            check_value(choice["value"])


def check_value(value: Spot) -> None:
    """The value of a choice: a short text or a number."""
    if isinstance(value.value, str):
        value.text(1, 100)
    elif isinstance(value.value, bool) or not isinstance(value.value, int | float):
        value.blame("BASE_TYPE_REQUIRED", "This field is required")
