"""Colours as CSS writes them."""

from __future__ import annotations

from tinycss2 import color4

LONGEST = 64


def read_colour(text: str) -> tuple[int, int, int, int]:
    """Red, green, blue and alpha, 0 to 255.

    >>> read_colour("rgba(255, 0, 0, 0.5)")
    (255, 0, 0, 128)

    Raises:
        ValueError: no colour, or one of another space than sRGB.
    """
    found = color4.parse_color(text) if len(text) <= LONGEST else None
    if not isinstance(found, color4.Color) or found.space != "srgb":
        raise ValueError(text)
    red, green, blue = (_byte(part or 0.0) for part in found.coordinates)
    return red, green, blue, _byte(found.alpha)


def _byte(share: float) -> int:
    return int(min(max(share, 0.0), 1.0) * 255 + 0.5)
