"""What a link's recipe comes to for one image: its stored bytes, or a rendition."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from core.imaging.formats import BY_NAME
from core.imaging.output import output_format, stays_animated, too_large
from core.imaging.transforms.frame import Original
from core.imaging.transforms.resize import planned
from core.imaging.transforms.table import STEPS

if TYPE_CHECKING:
    from core.imaging.transforms.recipe import Recipe
    from core.model import Media
    from core.services.stored import Metadata

EDITION = "2"
"""Raised whenever the same recipe comes to give other pictures: what was kept is then forgotten."""

_RESIZE = STEPS[0]
_SHAPES = frozenset(parameter.name for parameter in _RESIZE.parameters)
_OPAQUE = frozenset({"jpeg"})


@dataclass(frozen=True, slots=True)
class Order:
    """A rendition that is to be had.

    Args:
        media: what it is made of.
        metadata: how much metadata of it.
        recipe: what is left to do, which is not nothing unless the format changes.
        output: the name of the rendition's format.
        name: what it is kept as, beside others of the same blob.
        tag: names its bytes among those of all images.

    """

    media: Media
    metadata: Metadata
    recipe: Recipe
    output: str
    name: str
    tag: str


def order(media: Media, metadata: Metadata, recipe: Recipe, encoding: str = "") -> Order | None:
    """The rendition that a recipe asks for; None where the stored bytes are that.

    `encoding` stands for the encoders' settings: others, and the picture is another.
    """
    if not recipe.values:
        return None
    left = _effective(media, recipe.without("format", "metadata"))
    asked = recipe.get("format")
    output = output_format(media.format, left.with_values(format=asked) if asked else left)
    if not left.values and (asked is None or output == media.format):
        return None
    told = (EDITION, encoding, metadata, output, left.key)
    sidecar = media.sidecar.sha256 if media.sidecar and metadata != "copyright" else ""
    name = f"{_digest(*told)}.{BY_NAME[output].extension}"
    return Order(media, metadata, left, output, name, _digest(media.blob.sha256, sidecar, *told))


def refusal(order: Order) -> str | None:
    """Say why a rendition can't be had, as far as is known without trying; None: it may be."""
    media = order.media
    if not stays_animated(order.output, animated=media.animated):
        return None
    return too_large(media.frames, (media.width, media.height))


def output_of(media: Media, recipe: Recipe) -> str:
    """The name of the format that a recipe gives of this image."""
    found = order(media, "copyright", recipe)
    return found.output if found else media.format


def _effective(media: Media, recipe: Recipe) -> Recipe:
    """The recipe less what changes nothing of this image."""
    if not recipe.values:
        return recipe
    size = (media.width, media.height)
    frame = planned(Original(size), **(recipe.arguments(_RESIZE) or {}))
    if (frame.box, frame.size, frame.canvas) == ((0.0, 0.0, *map(float, size)), size, size):
        recipe = recipe.without(*_SHAPES)
    if media.format in _OPAQUE and not recipe.get("segment") and recipe.get("fit") != "contain":
        recipe = recipe.without("background")
    return recipe


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:32]
