from __future__ import annotations

import math
from typing import Annotated

from PIL import Image

from core.imaging.smoothing import enlarged, gaussian
from core.imaging.transforms.alpha import on_visible_colour
from core.imaging.transforms.kinds import Whole

_REST = 2.5
"""Pixels of radius that stay when it is blurred at a smaller scale: two to ten times as fast, and
away from the border over 49 dB alike, as blurring at full scale is."""


def blur(
    picture: Image.Image,
    blur: Annotated[
        int,
        Whole(
            0,
            250,
            frozenset({0}),
            "Gaussian blur; the value is its standard deviation, in pixels of the output",
            shown=("2", "8", "40"),
        ),
    ],
) -> Image.Image:
    """Gaussian blur; the radius is its standard deviation in pixels of the output."""
    return on_visible_colour(picture, lambda colour: _blurred(colour, blur))


def _blurred(picture: Image.Image, radius: int) -> Image.Image:
    factor = min(int(radius / _REST), *picture.size)
    if factor < 2:  # noqa: PLR2004
        return gaussian(picture, radius)
    # Averages of squares are a blur already, of this variance.
    rest = math.sqrt(radius**2 - (factor**2 - 1) / 12) / factor
    return enlarged(gaussian(picture.reduce(factor), rest), factor, picture.size)
