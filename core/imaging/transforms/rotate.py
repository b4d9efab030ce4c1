from __future__ import annotations

from typing import Annotated

from PIL import Image

from core.imaging.transforms.kinds import Choice

_TURNS = {
    "90": Image.Transpose.ROTATE_270,  # Pillow turns counter-clockwise
    "180": Image.Transpose.ROTATE_180,
    "270": Image.Transpose.ROTATE_90,
}


def rotate(
    picture: Image.Image,
    rotate: Annotated[
        str,
        Choice(tuple(_TURNS), "turns clockwise by degrees; other values are ignored", lenient=True),
    ],
) -> Image.Image:
    """Turn the picture clockwise."""
    return picture.transpose(_TURNS[rotate])
