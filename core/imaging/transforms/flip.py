from __future__ import annotations

from typing import Annotated

from PIL import Image

from core.imaging.transforms.kinds import Choice

_MIRRORS = {
    "h": Image.Transpose.FLIP_LEFT_RIGHT,
    "v": Image.Transpose.FLIP_TOP_BOTTOM,
    "hv": Image.Transpose.ROTATE_180,
}


def flip(
    picture: Image.Image,
    flip: Annotated[str, Choice(tuple(_MIRRORS), "mirrors horizontally, vertically, or both")],
) -> Image.Image:
    """Mirror the picture."""
    return picture.transpose(_MIRRORS[flip])
