"""How a picture stands on its page, by its shape."""

from __future__ import annotations

from dataclasses import dataclass

SMALL = 64
"""Pixels a side up to which a picture is shown larger than it is."""

_TALL, _WIDE = 3, 6
"""Times as long as the other side: a longer one that fitted the window would be a line."""


@dataclass(frozen=True, slots=True)
class Staging:
    """A class of the stylesheet, the `sizes` of the picture, and what people are told of it."""

    name: str
    sizes: str
    note: str | None = None


def staging(width: int, height: int) -> Staging:
    """How to show a picture of so many pixels.

    >>> staging(640, 480).name, staging(16, 16).name
    ('whole', 'small-picture')
    >>> staging(1080, 8000).name, staging(10_000, 20).name
    ('tall', 'wide')
    """
    fitted = f"min(100vw, {width}px)"
    if max(width, height) <= SMALL:
        return Staging("small-picture", fitted, "Shown larger than it is.")
    if height > _TALL * width:
        return Staging("tall", fitted, "Scroll in the picture to see all of it.")
    if width > _WIDE * height:
        return Staging("wide", f"{width}px", "Scroll in the picture to see all of it.")
    return Staging("whole", fitted)
