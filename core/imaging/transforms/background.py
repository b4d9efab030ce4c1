from __future__ import annotations

from typing import Annotated, TypeAlias

from PIL import Image

from core.imaging.transforms.kinds import Colour

Rgba: TypeAlias = tuple[int, int, int, int]


def background(
    picture: Image.Image,
    background: Annotated[
        Rgba,
        Colour(
            "what is behind transparent pixels; without it white, where the output has no alpha",
            shown=("gold", "#0b5cad", "rgba(11,92,173,0.4)"),
            beside="segment=foreground",
        ),
    ],
) -> Image.Image:
    """Put a colour behind the picture; one that is itself transparent lets through."""
    if picture.mode != "RGBA":
        return picture
    if background[3] == 255:  # noqa: PLR2004
        behind = Image.new("RGB", picture.size, background[:3])
        behind.paste(picture, mask=picture)
        return behind
    return Image.alpha_composite(Image.new("RGBA", picture.size, background), picture)
