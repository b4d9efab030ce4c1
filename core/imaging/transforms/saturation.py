from __future__ import annotations

from typing import Annotated

from PIL import Image

from core.imaging.transforms.alpha import on_colour
from core.imaging.transforms.kinds import Number

_LUMA = (0.299, 0.587, 0.114)
"""Rec. 601."""


def saturation(
    picture: Image.Image,
    saturation: Annotated[
        float,
        Number(
            0,
            10,
            frozenset({1.0}),
            "luma + (channel - luma) × value, with Rec. 601 luma: 0 is grey, 1 unchanged",
            shown=("0", "0.5", "2"),
        ),
    ],
) -> Image.Image:
    """Luma + (channel - luma) × value, with Rec. 601 luma."""
    grey = [luma * (1 - saturation) for luma in _LUMA]
    matrix: list[float] = []
    for row in range(3):
        matrix += [*grey, 0]
        matrix[-4 + row] += saturation
    return on_colour(picture, lambda colour: colour.convert("RGB", tuple(matrix)))
