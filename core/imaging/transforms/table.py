"""The one table of transforms, in the order in which they are applied.

A new transform is a file beside this one, and its name in `STEPS`.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args, get_type_hints
from urllib.parse import quote

from core.imaging.transforms.background import background
from core.imaging.transforms.blur import blur
from core.imaging.transforms.brightness import brightness
from core.imaging.transforms.contrast import contrast
from core.imaging.transforms.flip import flip
from core.imaging.transforms.gamma import gamma
from core.imaging.transforms.kinds import Channel, Choice, Kind
from core.imaging.transforms.resize import resize
from core.imaging.transforms.rotate import rotate
from core.imaging.transforms.saturation import saturation
from core.imaging.transforms.segment import segment
from core.imaging.transforms.sharp import sharp

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a link's query. `signed`: taken from signed links alone."""

    name: str
    kind: Kind
    signed: bool = False

    @property
    def sentence(self) -> str:
        """What it does."""
        return f"{self.kind.doc[0].upper()}{self.kind.doc[1:]}."

    @property
    def examples(self) -> tuple[str, ...]:
        """Queries that show what it does, as people write them."""
        return tuple(
            "&".join(filter(None, (self.kind.beside, f"{self.name}={quote(value, safe='(),')}")))
            for value in self.kind.shown
        )


@dataclass(frozen=True, slots=True)
class Step:
    """One function, with the parameters that its signature names.

    `wants`: what it must be told besides, its keyword-only parameters.
    `is_curve`: it maps one channel's value to another, whatever the pixel's place.
    `in_srgb`: its numbers are meant in sRGB, so that is what its pixels must be in.
    """

    name: str
    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    wants: tuple[str, ...]
    is_curve: bool
    in_srgb: bool

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Step:
        """Read a function's annotated signature."""
        hints = get_type_hints(function, include_extras=True)
        subject, *others = inspect.signature(function).parameters.values()
        told = [one.name for one in others if one.kind is inspect.Parameter.KEYWORD_ONLY]
        names = [one.name for one in others if one.name not in told]
        return cls(
            function.__name__,
            function,
            tuple(
                Parameter(name, get_args(hints[name])[1], signed=name in SIGNED) for name in names
            ),
            tuple(told),
            is_curve=hints[subject.name] is Channel,
            in_srgb=hints[subject.name] is Channel or function in _IN_SRGB,
        )


SIGNED = frozenset({"w", "h", "fit", "gravity"})
"""Else anybody could fill the cache with one picture in every size."""

_IN_SRGB = (background, saturation)

STEPS: tuple[Step, ...] = tuple(
    Step.of(function)
    for function in (
        resize,
        rotate,
        flip,
        segment,
        background,
        brightness,
        contrast,
        gamma,
        saturation,
        blur,
        sharp,
    )
)
"""After the picture was turned upright, before it is encoded."""

OUTPUT = (
    Parameter(
        "format",
        Choice(
            ("jpg", "webp", "avif", "png", "gif"),
            "output format; without it the stored one, or WebP where that can't hold the result",
            also={"jpeg": "jpg"},
        ),
    ),
    Parameter(
        "metadata",
        Choice(
            ("copyright", "none", "keep"),
            "what of EXIF and XMP stays: the copyright, nothing, or all (the owner's to give)",
            frozenset({"copyright"}),
            few=("none",),
        ),
    ),
)
"""How it is encoded."""

PARAMETERS: dict[str, Parameter] = {
    parameter.name: parameter
    for parameter in (*OUTPUT, *(one for step in STEPS for one in step.parameters))
}
