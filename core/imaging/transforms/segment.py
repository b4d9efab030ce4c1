from __future__ import annotations

from typing import Annotated

from PIL import Image, ImageChops

from core.imaging.transforms.kinds import Choice
from core.imaging.vision.segmenter import Segmenter


def segment(
    picture: Image.Image,
    segment: Annotated[str, Choice(("foreground",), "makes the background transparent")],  # noqa: ARG001 -- the one way
    *,
    segmenter: Segmenter,
) -> Image.Image:
    """Make all but the foreground transparent."""
    mask = segmenter.foreground(picture)
    if picture.mode == "RGBA":
        mask = ImageChops.multiply(mask, picture.getchannel("A"))
    cut = picture.convert("RGB")
    cut.putalpha(mask)
    return cut
