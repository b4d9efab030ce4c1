"""Changing colour and leaving transparency as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image


def on_colour(picture: Image.Image, change: Callable[[Image.Image], Image.Image]) -> Image.Image:
    """Change the colours of an RGB or RGBA picture; its alpha stays."""
    if picture.mode != "RGBA":
        return change(picture)
    changed = change(picture.convert("RGB"))
    changed.putalpha(picture.getchannel("A"))
    return changed


def on_visible_colour(
    picture: Image.Image, change: Callable[[Image.Image], Image.Image]
) -> Image.Image:
    """As `on_colour`, for changes that mix neighbours: what is transparent lends no colour."""
    if picture.mode != "RGBA":
        return change(picture)
    mixed = change(picture.convert("RGBa")).convert("RGBA").convert("RGB")
    mixed.putalpha(picture.getchannel("A"))
    return mixed
