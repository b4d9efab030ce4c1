"""Which picture of a link chats and other sites are shown: known by arithmetic, nothing is made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.chat_limits import PREVIEW_BYTES, PREVIEW_SIDE
from core.imaging.decode import LONGEST_DRAWN
from core.imaging.transforms.frame import Original, within
from core.imaging.transforms.recipe import Recipe
from core.imaging.transforms.resize import LONGEST, planned
from core.imaging.transforms.table import STEPS
from core.services.orders import order, output_of, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.imaging.transforms.frame import Size
    from core.model import Media

PHOTO_SIDES = (2_560, 1_920, 1_280, 640, 320, 160, 80, 40, 20, 10, 5, 2, 1)
"""What other sites may embed, longest side first. Those under 80 keep the promise that nothing
larger than was asked for is ever given."""

_SMALLER = 640
_SMALLEST = 320
_RESIZE = STEPS[0]
_NAMES = {pixels: name for name, pixels in LONGEST.items()}
_IN_PIXELS = ("w", "h", "blur", "sharp")
_SIDEWAYS = frozenset({"90", "270"})
_WORDS = {"jpeg": "jpg", "svg": "png", "ico": "png"}
_GIF_GROWTH = 1.5
"""How many more bytes a scaled GIF may have for each pixel than the stored one: its colours are
mixed anew, and what was flat no longer is."""


def shown_size(media: Media, recipe: Recipe) -> Size:
    """Pixels across and down of what a recipe gives of an image."""
    size = media.width, media.height
    if media.format == "svg" and order(media, "copyright", recipe):
        size = within(size, LONGEST_DRAWN)
    width, height = planned(Original(size), **(recipe.arguments(_RESIZE) or {})).canvas
    return (height, width) if recipe.get("rotate") in _SIDEWAYS else (width, height)


def bounded(media: Media, recipe: Recipe, side: int) -> Recipe:
    """The same picture with no side over `side` pixels.

    Sizes that have no name come out as `w` or `h`, which want a signature.
    """
    size = shown_size(media, recipe)
    if max(size) <= side:
        return recipe
    width, height = recipe.get("w"), recipe.get("h")
    if width and height:
        w, h = (max(1, int(text) * side // max(size)) for text in (width, height))
        return recipe.with_values(w=str(w), h=str(h))
    whole = recipe.without("size", "w", "h")
    if side in _NAMES:
        return whole.with_values(size=_NAMES[side])
    longer = "w" if media.width >= media.height else "h"
    return whole.with_values(**{longer: str(side)})


def preview(media: Media, recipe: Recipe) -> Recipe:
    """The picture that chats show: JPEG, PNG or GIF, of at most 1,280 pixels and 5 MB.

    An animated GIF stays one while any size of it is likely to fit, and can be made. Other
    animations show their first frame.
    """
    bare = recipe.without("format", "metadata")
    candidates = [
        bounded(media, bare.with_values(format=word), side)
        for word, side in _candidates(media, recipe)
    ]
    fitting = (each for each in candidates if _likely_bytes(media, each) <= PREVIEW_BYTES)
    return next(fitting, candidates[-1])


def jpeg(media: Media, recipe: Recipe, side: int = PREVIEW_SIDE) -> Recipe:
    """The picture as a JPEG of at most so many pixels and 5 MB, where nothing else is taken."""
    whole = recipe.without("format", "metadata").with_values(format="jpg")
    found = bounded(media, whole, side)
    fits = _likely_bytes(media, found) <= PREVIEW_BYTES
    return found if fits else bounded(media, whole, _SMALLER)


def photo(media: Media, recipe: Recipe, width: int | None, height: int | None) -> Recipe:
    """The largest picture of an image within so many pixels, for other sites to embed."""
    output = output_of(media, recipe)
    whole = recipe.without("metadata").with_values(format=_WORDS.get(output, output))
    sized = (_possible(media, bounded(media, whole, side)) for side in PHOTO_SIDES)
    return next(each for each in sized if _is_within(shown_size(media, each), width, height))


def thumbnail(media: Media) -> Recipe:
    """The picture in a gallery. Animations are shown as they are: smaller ones take long."""
    return Recipe() if media.animated else bounded(media, Recipe(), _SMALLEST)


def responsive(media: Media, recipe: Recipe) -> list[Recipe]:
    """The picture in each smaller size that has a name, for `srcset`; smallest first.

    None of animations, which would be made anew frame by frame, nor of drawings, which need none,
    nor where what is done counts in pixels, and would show otherwise in another size.
    """
    if media.animated or media.format == "svg" or any(recipe.get(name) for name in _IN_PIXELS):
        return []
    longest = max(shown_size(media, recipe))
    return [bounded(media, recipe, side) for side in LONGEST.values() if side < longest]


def _candidates(media: Media, recipe: Recipe) -> Iterator[tuple[str, int]]:
    """Formats and longest sides, best first."""
    output = output_of(media, recipe)
    if media.animated and output == "gif":
        yield from (("gif", side) for side in (PREVIEW_SIDE, _SMALLER, _SMALLEST))
    elif not media.animated and output == "gif":
        yield "gif", PREVIEW_SIDE
    elif not media.animated and _may_be_clear(media, recipe):
        yield "png", PREVIEW_SIDE
    yield "jpg", PREVIEW_SIDE
    yield "jpg", _SMALLER


def _possible(media: Media, recipe: Recipe) -> Recipe:
    """The recipe; where it can't be followed for all frames of an animation, for the first."""
    wanted = order(media, "copyright", recipe)
    return recipe.with_values(format="jpg") if wanted and refusal(wanted) else recipe


def _may_be_clear(media: Media, recipe: Recipe) -> bool:
    """Whether the picture is likely to have transparent parts, which a JPEG would lose.

    WebP counts only where a photograph was cut out of its background: most are photographs.
    """
    output = output_of(media, recipe)
    cut_out = media.format == "jpeg" and output_of(media, recipe.without("format")) == "webp"
    return output in {"png", "svg", "ico"} or (cut_out and output in {"webp", "avif"})


def _likely_bytes(media: Media, recipe: Recipe) -> float:
    """How many bytes it has; for what would have to be made, at most or nearly so."""
    wanted = order(media, "copyright", recipe)
    if wanted is None:
        return media.blob.size
    if refusal(wanted):
        return math.inf
    width, height = shown_size(media, recipe)
    pixels = width * height
    if wanted.output == "png":
        return pixels * 4.02 + height + 4_096
    if wanted.output == "gif" and media.animated:
        return media.blob.size * _GIF_GROWTH * pixels / (media.width * media.height)
    return pixels * 3


def _is_within(size: Size, width: int | None, height: int | None) -> bool:
    return (width is None or size[0] <= width) and (height is None or size[1] <= height)
