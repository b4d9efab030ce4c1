"""Which part of a picture is shown, and how large: arithmetic alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Size: TypeAlias = tuple[int, int]
Fit: TypeAlias = Literal["cover", "contain", "inside", "fill"]

MAX_SIDE = 4096
"""Pixels a side of what dimensions can ask for."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The part `box` (left, top, right, bottom) is scaled to `size` and put onto `canvas`."""

    box: tuple[float, float, float, float]
    size: Size
    canvas: Size

    def on(self, size: Size, original: Size) -> tuple[float, float, float, float]:
        """Give the box on a copy of another size."""
        across, down = size[0] / original[0], size[1] / original[1]
        left, top, right, bottom = self.box
        return (
            left * across,
            top * down,
            min(right * across, size[0]),
            min(bottom * down, size[1]),
        )

    @property
    def offset(self) -> Size:
        """Where on the canvas the part's corner lies."""
        return (
            (self.canvas[0] - self.size[0]) // 2,
            (self.canvas[1] - self.size[1]) // 2,
        )


@dataclass(frozen=True, slots=True)
class Original:
    """What is known of a picture beyond its pixels, which may be decoded smaller.

    Args:
        size: as it is stored, upright.
        face: the middle of the face in it, as shares of width and height; if one was found.

    """

    size: Size
    face: tuple[float, float] | None = None


def within(size: Size, longest: int) -> Size:
    """Scaled down so that no side is longer, aspect kept.

    >>> within((4000, 3000), 1280)
    (1280, 960)
    >>> within((100, 50), 1280)
    (100, 50)
    """
    return _scaled(size, min(1.0, longest / max(size)))


def framed(size: Size, w: int | None, h: int | None, fit: Fit, focus: tuple[float, float]) -> Frame:
    """Fit a picture into `w` × `h` pixels; with one of them the other follows from the aspect.

    `cover` fills them and cuts what is over, around `focus` (shares of width and height);
    `contain` shows all, with margins; `inside` shows all, without margins and never enlarged;
    `fill` stretches.
    """
    width, height = size
    whole = (0.0, 0.0, float(width), float(height))
    if w is None or h is None:
        scale = w / width if w else (h or height) / height
        shown = _scaled(size, min(scale, MAX_SIDE / max(size)))
        return Frame(whole, shown, shown)
    if fit == "fill":
        return Frame(whole, (w, h), (w, h))
    if fit == "cover":
        scale = max(w / width, h / height)
        return Frame(_cut(size, (w / scale, h / scale), focus), (w, h), (w, h))
    scale = min(w / width, h / height)
    if fit == "inside":
        shown = _scaled(size, min(scale, 1.0))
        return Frame(whole, shown, shown)
    return Frame(whole, _scaled(size, scale), (w, h))


def _scaled(size: Size, scale: float) -> Size:
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _cut(
    size: Size, part: tuple[float, float], focus: tuple[float, float]
) -> tuple[float, float, float, float]:
    """The part of that size with the focus at its middle, as far as the picture reaches."""
    left, top = (
        min(max(share * whole - wanted / 2, 0.0), max(whole - wanted, 0.0))
        for whole, wanted, share in zip(size, part, focus, strict=True)
    )
    return left, top, min(left + part[0], size[0]), min(top + part[1], size[1])
