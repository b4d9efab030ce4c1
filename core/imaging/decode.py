"""The first picture of a stored file, upright, in 8-bit colour, no larger than is needed."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.imaging import colours, orientation
from core.imaging.animation import read
from core.imaging.encode import NOTHING, Carried
from core.imaging.inspection import open_picture
from core.imaging.transforms.frame import Original, within
from core.imaging.transforms.resize import planned
from core.imaging.transforms.table import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL import Image

    from core.imaging.animation import Animation
    from core.imaging.formats import Format
    from core.imaging.transforms.recipe import Recipe

LONGEST_DRAWN = 2_560
"""Pixels a side up to which an SVG is drawn; beyond it the drawing is enlarged."""

FACE_SIDE = 640
"""Pixels of the longest side in which a face is looked for: enough for one a twentieth as tall."""

_RESIZE = STEPS[0]
_HAIR = 1e-6
"""A floating point's last bits are no reason to decode twice the size."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """`picture` is RGB or RGBA; its profile, if any, stands in `carried`."""

    picture: Image.Image
    original: Original
    carried: Carried


def decode(source: Path, row: Format, recipe: Recipe) -> Decoded:
    """Read the first picture; a JPEG and an SVG at the size that the recipe needs."""
    if row.name == "svg":
        return _drawn(source, recipe)
    with open_picture(source, row) as opened:
        reading = _Reading(opened)
        if row.name == "jpeg":
            factor = min(scale(reading.original, recipe), 1.0)
            opened.draft(opened.mode, _times(opened.size, factor))
        return reading.decoded(next(read(opened).frames))


@contextmanager
def decode_all(source: Path, row: Format) -> Iterator[tuple[Animation, Iterator[Decoded]]]:
    """Open an animation; give what it says of itself, and its frames.

    A frame is valid until the next is asked for.
    """
    with open_picture(source, row) as opened:
        reading = _Reading(opened)
        animation = read(opened)
        yield animation, map(reading.decoded, animation.frames)


class _Reading:
    """What an open file says of all its pictures."""

    def __init__(self, opened: Image.Image) -> None:
        self._opened = opened
        self._orientation = orientation.read(opened.info.get("exif"))
        self.original = Original(orientation.displayed(opened.size, self._orientation))

    def decoded(self, frame: Image.Image) -> Decoded:
        info = self._opened.info
        picture, icc = colours.to_display(frame, info.get("icc_profile"))
        carried = Carried(icc, info.get("exif"), info.get("xmp")).upright()
        return Decoded(orientation.turn(picture, self._orientation), self.original, carried)


def _drawn(source: Path, recipe: Recipe) -> Decoded:
    from core.imaging.svg import raster, sanitise  # only the jobs that need its libraries

    safe = sanitise(source)  # once more: what draws it would open any file that it names
    original = Original(within((safe.width, safe.height), LONGEST_DRAWN))
    needed = scale(original, recipe)
    drawn = min(needed, LONGEST_DRAWN / max(original.size))
    return Decoded(raster.rasterised(safe, _times(original.size, drawn)), original, NOTHING)


def scale(original: Original, recipe: Recipe) -> float:
    """How large the whole picture must be, to its own size, to have all pixels that matter."""
    frame = planned(original, **(recipe.arguments(_RESIZE) or {}))
    left, top, right, bottom = frame.box
    shown = max(frame.size[0] / (right - left), frame.size[1] / (bottom - top))
    looked_at = FACE_SIDE / max(original.size) if recipe.get("gravity") == "face" else 0.0
    return max(shown, looked_at)


def _times(size: tuple[int, int], factor: float) -> tuple[int, int]:
    width, height = (max(1, math.ceil(side * factor - _HAIR)) for side in size)
    return width, height
