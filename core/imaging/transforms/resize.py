"""Crop and resize, before everything else."""

from __future__ import annotations

from typing import Annotated

from PIL import Image

from core.imaging.resampling import scaled
from core.imaging.transforms.frame import MAX_SIDE, Fit, Frame, Original, Size, framed, within
from core.imaging.transforms.kinds import Choice, Whole

LONGEST = {"s": 320, "m": 640, "l": 1280, "xl": 1920, "xxl": 2560}
"""Pixels of the longest side, by the name of the size."""

_FOCUS = {
    "nw": (0.0, 0.0),
    "n": (0.5, 0.0),
    "ne": (1.0, 0.0),
    "w": (0.0, 0.5),
    "center": (0.5, 0.5),
    "e": (1.0, 0.5),
    "sw": (0.0, 1.0),
    "s": (0.5, 1.0),
    "se": (1.0, 1.0),
}


def resize(
    picture: Image.Image,
    size: Annotated[
        str | None,
        Choice(
            tuple(LONGEST),
            "longest side at most 320, 640, 1280, 1920, 2560 pixels; never enlarges",
            few=("s", "m"),
        ),
    ] = None,
    w: Annotated[
        int | None, Whole(1, MAX_SIDE, frozenset(), "width in pixels", shown=("160",))
    ] = None,
    h: Annotated[
        int | None, Whole(1, MAX_SIDE, frozenset(), "height in pixels", shown=("120",))
    ] = None,
    fit: Annotated[
        Fit,
        Choice(
            ("cover", "contain", "inside", "fill"),
            "with w and h: cover cuts, contain shows all with margins, inside without, "
            "fill stretches",
            frozenset({"cover"}),
            beside="w=240&h=240",
        ),
    ] = "cover",
    gravity: Annotated[
        str,
        Choice(
            ("face", *_FOCUS),
            "what stays where fit=cover cuts; a face that is not found is at the center",
            frozenset({"center"}),
            few=("face", "w", "center", "e"),
            beside="w=160&h=160",
        ),
    ] = "center",
    *,
    original: Original,
) -> Image.Image:
    """Cut and scale, in one step; sizes follow from the original's, however it was decoded."""
    frame = planned(original, size, w, h, fit, gravity)
    whole = (0.0, 0.0, *(float(pixels) for pixels in picture.size))
    box = frame.on(picture.size, original.size)
    shown = picture
    if frame.size != picture.size or box != whole:
        shown = _scaled(picture, frame.size, box)
    if frame.canvas == frame.size:
        return shown
    canvas = Image.new("RGBA", frame.canvas)
    canvas.paste(shown, frame.offset)
    return canvas


def _scaled(
    picture: Image.Image, size: Size, box: tuple[float, float, float, float]
) -> Image.Image:
    """Scale with colours weighted by their alpha."""
    if picture.mode == "RGBA":
        return scaled(picture.convert("RGBa"), size, box).convert("RGBA")
    return scaled(picture, size, box)


def planned(
    original: Original,
    size: str | None = None,
    w: int | None = None,
    h: int | None = None,
    fit: Fit = "cover",
    gravity: str = "center",
) -> Frame:
    """What `resize` will do; arithmetic alone. A face that was not found is at the center."""
    whole = original.size
    if w or h:
        focus = original.face if gravity == "face" else _FOCUS[gravity]
        return framed(whole, w, h, fit, focus or _FOCUS["center"])
    shown = within(whole, LONGEST[size]) if size else whole
    return Frame((0.0, 0.0, float(whole[0]), float(whole[1])), shown, shown)
