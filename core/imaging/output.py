"""What a rendition is encoded as: decided by what is asked for, before any work."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.imaging.transforms.recipe import Recipe

ANIMATED = frozenset({"gif", "webp", "png"})
"""Formats in which animations stay animations; the others take the first frame."""

ANIMATED_PIXELS = 100_000_000
"""Over all frames; what is larger is served as it is stored, and not transformed."""

_BY_WORD = {"jpg": "jpeg"}
_OPAQUE = frozenset({"jpeg"})
_OPAQUE_COLOUR = 7
"""Characters of a canonical colour without alpha, `#rrggbb`."""


def output_format(stored: str, recipe: Recipe) -> str:
    """Name the format of a rendition: the one asked for, or the stored one.

    WebP where the stored one can't hold the result, PNG for SVG.

    Args:
        stored: the name of the stored picture's format.
        recipe: what is asked for.

    """
    asked = recipe.get("format")
    if asked:
        return _BY_WORD.get(asked, asked)
    if stored == "svg":
        return "png"
    if stored in _OPAQUE and _makes_transparent(recipe):
        return "webp"
    return stored


def stays_animated(output: str, *, animated: bool) -> bool:
    """Whether the rendition of a picture is an animation."""
    return animated and output in ANIMATED


def too_large(frames: int, size: tuple[int, int]) -> str | None:
    """Say why an animation can't be transformed; None: it can."""
    pixels = frames * size[0] * size[1]
    if pixels <= ANIMATED_PIXELS:
        return None
    return (
        f"The animation is too large to transform: it has {pixels / 1e6:,.0f} megapixels over all "
        f"its frames, and at most {ANIMATED_PIXELS / 1e6:g} are transformed."
    )


def _makes_transparent(recipe: Recipe) -> bool:
    """Whether an opaque picture may come out with holes or margins that show what is behind."""
    margins = recipe.get("fit") == "contain" and recipe.get("w") and recipe.get("h")
    colour = recipe.get("background") or ""
    return bool(recipe.get("segment") or margins) and len(colour) != _OPAQUE_COLOUR
