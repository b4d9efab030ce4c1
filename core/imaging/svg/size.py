"""A picture's size, as a browser shows it that is told nothing else.

From `width` and `height` in any unit of CSS at 96 dpi (https://www.w3.org/TR/css-values-4/);
where one is missing or relative to what is around, from it and the proportions of `viewBox`;
then the size of `viewBox`; then 300 x 150, CSS's default for replaced elements. Sizes in a
style sheet are not read.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from core.imaging.svg.element import Element

if TYPE_CHECKING:
    from core.model import ImageLimits

DEFAULT = (300.0, 150.0)
_UNITS = {
    "": 1.0,
    "px": 1.0,
    "pt": 96 / 72,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
    "q": 96 / 101.6,
    # A font is not known here: 16 pixels, and half of it for its x and 0.
    "em": 16.0,
    "rem": 16.0,
    "ex": 8.0,
    "ch": 8.0,
}
_FLOAT = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_LENGTH = re.compile(rf"({_FLOAT})([A-Za-z]*)")
_BOX_SEPARATOR = re.compile(r"[\s,]+")


def settle(root: Element, limits: ImageLimits) -> tuple[int, int]:
    """Width and height in pixels, whole and at least 1.

    What is larger than `limits` stores is scaled down, aspect kept, and told so in the file.
    A width or height that is no positive length is taken out of it: renderers refuse zero.
    """
    width, height = (_length(root, name) for name in ("width", "height"))
    box = _box(root.attributes.get("viewBox", ""))
    exact = _exact(width, height, box)
    scale = min(
        1.0,
        limits.store_side / max(exact),
        math.sqrt(limits.store_pixels) / math.sqrt(exact[0]) / math.sqrt(exact[1]),
    )
    if scale == 1.0:
        return max(1, round(exact[0])), max(1, round(exact[1]))
    # Rounded down, as raster pictures are: the limit holds. Not by a floating point's last bit.
    fitted = max(1, int(exact[0] * scale + 1e-6)), max(1, int(exact[1] * scale + 1e-6))
    if box is None:
        root.attributes["viewBox"] = f"0 0 {exact[0]:g} {exact[1]:g}"
    root.attributes["width"], root.attributes["height"] = map(str, fitted)
    return fitted


def at_size(root: Element, shown: tuple[int, int]) -> Element:
    """Give a picture of exactly that many pixels that holds this one, all of it.

    Proportions may change by the part of a pixel that `shown` was rounded by.
    """
    width, height = (_length(root, name) for name in ("width", "height"))
    own = _exact(width, height, _box(root.attributes.get("viewBox", "")))
    root.attributes["width"], root.attributes["height"] = (f"{length:g}" for length in own)
    frame = {
        "width": str(shown[0]),
        "height": str(shown[1]),
        "viewBox": f"0 0 {own[0]:g} {own[1]:g}",
        "preserveAspectRatio": "none",
    }
    return Element("svg", frame, [root])


def _exact(
    width: float | None, height: float | None, box: tuple[float, float] | None
) -> tuple[float, float]:
    if width and height:
        return width, height
    if box is not None:
        across, down = box
        if width:
            return width, min(max(width * (down / across), 1e-6), 1e12)
        if height:
            return min(max(height * (across / down), 1e-6), 1e12), height
        return box
    return width or DEFAULT[0], height or DEFAULT[1]


def _length(root: Element, name: str) -> float | None:
    value = root.attributes.get(name)
    if value is None:
        return None
    found = _LENGTH.fullmatch(value.strip())
    unit = _UNITS.get(found[2].lower()) if found else None
    if found and unit:
        length = float(found[1]) * unit
        if _sane(length):
            return length
    if not value.strip().endswith("%"):
        del root.attributes[name]
    return None


def _box(value: str) -> tuple[float, float] | None:
    parts = [part for part in _BOX_SEPARATOR.split(value.strip()) if part]
    try:
        _, _, width, height = map(float, parts)
    except ValueError:
        return None
    return (width, height) if _sane(width) and _sane(height) else None


def _sane(length: float) -> bool:
    """Positive, and within what single-precision renderers can still tell apart."""
    return 1e-6 <= length <= 1e12  # noqa: PLR2004
