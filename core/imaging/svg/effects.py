"""Bounds for filters and patterns: one number in them can ask for minutes of work.

Measured with resvg at 500 x 500 pixels on one core: 20 octaves of turbulence take 0.6 s and
100,000 never end; a convolution of order 100, a morphology of radius 200, or 2,000 blurs in a
row pass 15 s; a pattern's tile of a million by a million units asks for 4 TB and aborts.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from core.imaging.declared import refusal
from core.imaging.svg.allowed import FILTER_PRIMITIVES

if TYPE_CHECKING:
    from core.imaging.svg.element import Element

MAX_OCTAVES = 10
"""More are not refused but cut: the tenth changes a colour by less than one step of 255."""
MAX_PRIMITIVES = 64
"""Of one filter."""
MAX_ALL_PRIMITIVES = 2_000
_LARGEST = {
    ("feConvolveMatrix", "order"): 16.0,
    ("feMorphology", "radius"): 64.0,
    ("feGaussianBlur", "stdDeviation"): 10_000.0,
    ("feDropShadow", "stdDeviation"): 10_000.0,
}
_TILE_SIDES = 100.0
"""A tile is at most so many times as wide or high as the picture's larger side."""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def numbers(value: str) -> list[float]:
    """The numbers in an attribute, whatever stands between them.

    >>> numbers("1.5-2e1,.5px")
    [1.5, -20.0, 0.5]
    """
    return [float(number) for number in _NUMBER.findall(value)]


def bound(root: Element) -> None:
    """Refuse effects out of all proportion, and cut octaves.

    Raises:
        UnsupportedImage: with a sentence that names the element.

    """
    largest_tile = _TILE_SIDES * _side(root)
    primitives = 0
    for element in root.walk():
        for (name, attribute), most in _LARGEST.items():
            value = element.attributes.get(attribute, "") if element.name == name else ""
            if any(not abs(number) <= most for number in numbers(value)):
                raise refusal(f"The SVG's {name} has too large a {attribute}.")
        if element.name == "feTurbulence":
            _cut_octaves(element)
        if element.name == "filter":
            count = sum(child.name in FILTER_PRIMITIVES for child in element.children)
            primitives += count
            if count > MAX_PRIMITIVES or primitives > MAX_ALL_PRIMITIVES:
                raise refusal("The SVG's filters have too many steps.")
        if element.name == "pattern":
            sides = [element.attributes.get(name, "") for name in ("width", "height")]
            if any(number > largest_tile for side in sides for number in numbers(side)):
                raise refusal("The SVG has a pattern with too large a tile.")


def _cut_octaves(element: Element) -> None:
    octaves = numbers(element.attributes.get("numOctaves", ""))
    if octaves and not octaves[0] <= MAX_OCTAVES:
        element.attributes["numOctaves"] = str(MAX_OCTAVES)


def _side(root: Element) -> float:
    """The larger side of what is seen, in the picture's own units; at least 300."""
    box = numbers(root.attributes.get("viewBox", ""))[2:]
    sides = box or [
        number for name in ("width", "height") for number in numbers(root.attributes.get(name, ""))
    ]
    return max([side for side in sides if math.isfinite(side)] + [300.0])
