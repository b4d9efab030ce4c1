from __future__ import annotations

from typing import Annotated

from PIL import Image, ImageFilter

from core.imaging.transforms.alpha import on_visible_colour
from core.imaging.transforms.kinds import Number

_RADIUS = 1


def sharp(
    picture: Image.Image,
    sharp: Annotated[
        float,
        Number(
            0,
            10,
            frozenset({0.0}),
            "unsharp mask, radius 1, amount value × 100 %: 0 is unchanged, 10 very sharp",
            shown=("1", "5"),
        ),
    ],
) -> Image.Image:
    """Unsharp mask of radius 1, value × 100 %, without a threshold.

    The picture moves away from its blurred self; what is transparent lends no colour to that.
    """
    mask = ImageFilter.UnsharpMask(_RADIUS, percent=round(sharp * 100), threshold=0)
    if picture.mode != "RGBA":
        return picture.filter(mask)
    blur = ImageFilter.GaussianBlur(_RADIUS)
    blurred = on_visible_colour(picture, lambda colour: colour.filter(blur))
    alpha = picture.getchannel("A")
    sharper = Image.blend(blurred.convert("RGB"), picture.convert("RGB"), 1 + sharp)
    sharper.putalpha(alpha)
    return sharper
