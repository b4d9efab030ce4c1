"""Transforms as people type them: `brightness=1.2 blur=5 format=webp`."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from core.errors import InvalidInput
from core.imaging.transforms.recipe import Recipe
from core.imaging.transforms.table import PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Iterable

_PAIR = re.compile(r"([A-Za-z_-]+)\s*[=:]\s*([^\s(,;]+(?:\([^)]*\))?)")
OFFERED = {name: one for name, one in PARAMETERS.items() if not one.signed}
"""What people may ask for; dimensions want links that we sign."""


def read_pairs(text: str) -> list[tuple[str, str]]:
    """Names and values.

    Raises:
        InvalidInput: a name is none, with the nearest right one; or there is something between.
    """
    pairs = [(found[1].lower(), found[2]) for found in _PAIR.finditer(text)]
    errors: dict[str, list[str]] = {}
    for name, _ in pairs:
        if name not in OFFERED:
            near = get_close_matches(name, OFFERED, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" There are {', '.join(OFFERED)}."
            errors[name] = [f"There is no transform {name!r}.{hint}"]
    if rest := _PAIR.sub("", text).strip(" ,;&?"):
        errors.setdefault(rest[:32], []).append(
            f"I can't read {rest[:32]!r}; write transforms as blur=5 format=webp."
        )
    if errors:
        raise InvalidInput(errors=errors)
    return pairs


def changed(recipe: Recipe, pairs: Iterable[tuple[str, str]]) -> Recipe:
    """A recipe with some parameters set anew; those whose value changes nothing are dropped.

    Raises:
        InvalidInput: a value is not what it may be.
    """
    given = [(name, text.strip().lower()) for name, text in pairs]
    asked = Recipe.read(given)
    names = {name for name, _ in given}
    if names & {"rotate", "flip"}:
        names |= {"rotate", "flip"}  # of the ways to lie a picture has one
    if "size" in names:
        names |= {"w", "h", "fit", "gravity"}
    kept = recipe.without(*names)
    return Recipe.read([*kept.values, *asked.values])
