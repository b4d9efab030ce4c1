"""All of a recipe's steps on one upright picture."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from core.imaging import colours
from core.imaging.transforms.alpha import on_colour
from core.imaging.transforms.table import STEPS

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from core.imaging.transforms.recipe import Recipe

_LEVELS = 256


def transformed(
    picture: Image.Image, icc: bytes | None, recipe: Recipe, **known: Any
) -> tuple[Image.Image, bytes | None]:
    """Apply the steps in the table's order; gives the picture with the profile that holds for it.

    Args:
        picture: upright, RGB or RGBA.
        icc: its colour profile, of RGB; None is sRGB.
        recipe: what to do.
        known: what steps want to be told besides: `original` (of `frame`), `segmenter`.

    """
    curves: list[Callable[[float], float]] = []
    for step in STEPS:
        arguments = recipe.arguments(step)
        if arguments is None:
            continue
        if step.in_srgb and icc:
            picture, icc = colours.to_srgb(picture, icc), None
        if step.is_curve:
            curves.append(partial(step.function, **arguments))
            continue
        told = {name: known[name] for name in step.wants}
        picture = step.function(_curved(picture, curves), **arguments, **told)
        curves = []
    return _curved(picture, curves), icc


def _curved(picture: Image.Image, curves: list[Callable[[float], float]]) -> Image.Image:
    """Curves one after another, as one lookup: exact until the end, clipped in between."""
    if not curves:
        return picture
    table = []
    for level in range(_LEVELS):
        value = float(level)
        for curve in curves:
            value = min(max(curve(value), 0.0), 255.0)
        table.append(int(value + 0.5))
    return on_colour(picture, lambda colour: colour.point(table * 3))
